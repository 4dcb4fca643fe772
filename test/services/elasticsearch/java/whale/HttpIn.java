package whale;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.apache.lucene.util.BytesRef;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.common.network.NetworkService;
import org.elasticsearch.common.recycler.Recycler;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.http.AbstractHttpServerTransport;
import org.elasticsearch.http.HttpPreRequest;
import org.elasticsearch.http.HttpServerChannel;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.telemetry.tracing.Tracer;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.xcontent.NamedXContentRegistry;

/** Takes HTTP with the JDK's own server and hands it to Elasticsearch's common part, from where on all is its own. */
final class HttpIn extends AbstractHttpServerTransport {
  private final BiConsumer<HttpPreRequest, ThreadContext> perRequest;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  HttpIn(
    Settings settings,
    NetworkService network,
    Recycler<BytesRef> buffers,
    ThreadPool threadPool,
    NamedXContentRegistry contents,
    Dispatcher dispatcher,
    ClusterSettings clusterSettings,
    Tracer tracer,
    BiConsumer<HttpPreRequest, ThreadContext> perRequest
  ) {
    super(settings, network, buffers, threadPool, contents, dispatcher, clusterSettings, tracer);
    this.perRequest = perRequest;
  }

  @Override
  protected void doStart() {
    bindServer();
  }

  @Override
  protected HttpServerChannel bind(InetSocketAddress address) throws IOException {
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
    return new Door(server);
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Exchange channel = new Exchange(exchange, recycler);
    serverAcceptedChannel(channel);
    incomingRequest(new Request(exchange, body), channel);
  }

  @Override
  protected void populatePerRequestThreadContext(RestRequest request, ThreadContext context) {
    perRequest.accept(request.getHttpRequest(), context);
  }

  @Override
  protected void stopInternal() {
    if (server != null) server.stop(0);
    threads.shutdownNow();
  }

  private record Door(HttpServer server) implements HttpServerChannel {
    @Override
    public InetSocketAddress getLocalAddress() {
      return server.getAddress();
    }

    @Override
    public void close() {
      server.stop(0);
    }

    @Override
    public void addCloseListener(ActionListener<Void> listener) {}

    @Override
    public boolean isOpen() {
      return true;
    }
  }
}
