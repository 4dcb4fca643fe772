package whale;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import org.apache.lucene.util.BytesRef;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.support.PlainActionFuture;
import org.elasticsearch.action.support.SubscribableListener;
import org.elasticsearch.common.bytes.ReleasableBytesReference;
import org.elasticsearch.common.recycler.Recycler;
import org.elasticsearch.http.HttpChannel;
import org.elasticsearch.http.HttpResponse;
import org.elasticsearch.rest.ChunkedRestResponseBodyPart;

/** The way back of one request. */
final class Exchange implements HttpChannel {
  private static final int CHUNK_BYTES = 1 << 16;
  private final HttpExchange exchange;
  private final Recycler<BytesRef> buffers;
  private final SubscribableListener<Void> closed = new SubscribableListener<>();

  Exchange(HttpExchange exchange, Recycler<BytesRef> buffers) {
    this.exchange = exchange;
    this.buffers = buffers;
  }

  @Override
  public void sendResponse(HttpResponse answer, ActionListener<Void> listener) {
    try {
      send((Response) answer);
      listener.onResponse(null);
    } catch (Exception problem) {
      listener.onFailure(problem);
    }
    close();
  }

  private void send(Response answer) throws IOException {
    answer.headers.forEach((name, values) -> {
      // The JDK's server writes this one itself.
      if (!name.equalsIgnoreCase("content-length")) exchange.getResponseHeaders().put(name, values);
    });
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (answer.firstPart != null) sendParts(answer, head);
    else sendWhole(answer, head);
    exchange.close();
  }

  private void sendWhole(Response answer, boolean head) throws IOException {
    int length = answer.whole.length();
    exchange.sendResponseHeaders(answer.status, head || length == 0 ? -1 : length);
    if (!head && length > 0) answer.whole.writeTo(exchange.getResponseBody());
  }

  private void sendParts(Response answer, boolean head) throws IOException {
    exchange.sendResponseHeaders(answer.status, head ? -1 : 0);
    if (head) return;
    OutputStream out = exchange.getResponseBody();
    ChunkedRestResponseBodyPart part = answer.firstPart;
    while (true) {
      while (!part.isPartComplete()) {
        try (ReleasableBytesReference chunk = part.encodeChunk(CHUNK_BYTES, buffers)) {
          chunk.writeTo(out);
        }
      }
      if (part.isLastPart()) return;
      PlainActionFuture<ChunkedRestResponseBodyPart> next = new PlainActionFuture<>();
      part.getNextPart(next);
      part = next.actionGet();
    }
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return exchange.getLocalAddress();
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return exchange.getRemoteAddress();
  }

  @Override
  public void close() {
    closed.onResponse(null);
  }

  @Override
  public void addCloseListener(ActionListener<Void> listener) {
    closed.addListener(listener);
  }

  @Override
  public boolean isOpen() {
    return !closed.isDone();
  }
}
