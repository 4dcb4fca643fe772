package whale;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.elasticsearch.common.bytes.BytesReference;
import org.elasticsearch.http.HttpResponse;
import org.elasticsearch.rest.ChunkedRestResponseBodyPart;

/** One answer: either a whole body or the first part of one that is made while it is sent. */
final class Response implements HttpResponse {
  final int status;
  final BytesReference whole;
  final ChunkedRestResponseBodyPart firstPart;
  final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  Response(int status, BytesReference whole, ChunkedRestResponseBodyPart firstPart) {
    this.status = status;
    this.whole = whole;
    this.firstPart = firstPart;
  }

  @Override
  public void addHeader(String name, String value) {
    headers.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  @Override
  public boolean containsHeader(String name) {
    return headers.containsKey(name);
  }
}
