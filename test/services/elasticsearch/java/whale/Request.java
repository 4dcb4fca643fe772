package whale;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.elasticsearch.common.bytes.BytesArray;
import org.elasticsearch.common.bytes.BytesReference;
import org.elasticsearch.http.HttpBody;
import org.elasticsearch.http.HttpRequest;
import org.elasticsearch.http.HttpResponse;
import org.elasticsearch.rest.ChunkedRestResponseBodyPart;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestStatus;

/** One HTTP request, read to its end. */
final class Request implements HttpRequest {
  private final RestRequest.Method method;
  private final String uri;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final HttpBody body;

  Request(HttpExchange exchange, byte[] bytes) {
    method = RestRequest.Method.valueOf(exchange.getRequestMethod().toUpperCase(Locale.ROOT));
    uri = exchange.getRequestURI().toString();
    headers.putAll(exchange.getRequestHeaders());
    body = HttpBody.fromBytesReference(new BytesArray(bytes));
  }

  @Override
  public RestRequest.Method method() {
    return method;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Map<String, List<String>> getHeaders() {
    return headers;
  }

  @Override
  public HttpBody body() {
    return body;
  }

  @Override
  public List<String> strictCookies() {
    return List.of();
  }

  @Override
  public HttpVersion protocolVersion() {
    return HttpVersion.HTTP_1_1;
  }

  @Override
  public HttpRequest removeHeader(String name) {
    headers.remove(name);
    return this;
  }

  @Override
  public HttpResponse createResponse(RestStatus status, BytesReference content) {
    return new Response(status.getStatus(), content, null);
  }

  @Override
  public HttpResponse createResponse(RestStatus status, ChunkedRestResponseBodyPart firstPart) {
    return new Response(status.getStatus(), null, firstPart);
  }

  @Override
  public Exception getInboundException() {
    return null;
  }

  @Override
  public void release() {}
}
