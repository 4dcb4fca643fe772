package whale;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.network.NetworkService;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.util.BigArrays;
import org.elasticsearch.common.util.PageCacheRecycler;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.http.HttpPreRequest;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.indices.breaker.CircuitBreakerService;
import org.elasticsearch.plugins.NetworkPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.telemetry.tracing.Tracer;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.BytesRefRecycler;
import org.elasticsearch.transport.Transport;
import org.elasticsearch.xcontent.NamedXContentRegistry;

/** What a node lacks without its module for netty: a way in over HTTP, and a transport that reaches no other node. */
public final class LoopbackPlugin extends Plugin implements NetworkPlugin {
  public static final String NAME = "loopback";

  @Override
  public Map<String, Supplier<Transport>> getTransports(
    Settings settings,
    ThreadPool threadPool,
    PageCacheRecycler recycler,
    CircuitBreakerService breakers,
    NamedWriteableRegistry writeables,
    NetworkService network
  ) {
    return Map.of(NAME, NoPeers::new);
  }

  @Override
  public Map<String, Supplier<HttpServerTransport>> getHttpTransports(
    Settings settings,
    ThreadPool threadPool,
    BigArrays bigArrays,
    PageCacheRecycler recycler,
    CircuitBreakerService breakers,
    NamedXContentRegistry contents,
    NetworkService network,
    HttpServerTransport.Dispatcher dispatcher,
    BiConsumer<HttpPreRequest, ThreadContext> perRequest,
    ClusterSettings clusterSettings,
    Tracer tracer
  ) {
    var buffers = new BytesRefRecycler(recycler);
    return Map.of(NAME, () -> new HttpIn(settings, network, buffers, threadPool, contents, dispatcher, clusterSettings, tracer, perRequest));
  }
}
