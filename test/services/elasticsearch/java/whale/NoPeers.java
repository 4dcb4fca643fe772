package whale;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.common.component.AbstractLifecycleComponent;
import org.elasticsearch.common.transport.BoundTransportAddress;
import org.elasticsearch.common.transport.TransportAddress;
import org.elasticsearch.transport.ConnectTransportException;
import org.elasticsearch.transport.ConnectionProfile;
import org.elasticsearch.transport.Transport;
import org.elasticsearch.transport.TransportMessageListener;
import org.elasticsearch.transport.TransportStats;

/** The transport of a node that is alone: what it sends to itself never comes here. */
final class NoPeers extends AbstractLifecycleComponent implements Transport {
  private final TransportAddress address = new TransportAddress(InetAddress.getLoopbackAddress(), 1);
  private final ResponseHandlers responses = new ResponseHandlers();
  private final RequestHandlers requests = new RequestHandlers();

  @Override
  public void setMessageListener(TransportMessageListener listener) {}

  @Override
  public BoundTransportAddress boundAddress() {
    return new BoundTransportAddress(new TransportAddress[] { address }, address);
  }

  @Override
  public BoundTransportAddress boundRemoteIngressAddress() {
    return null;
  }

  @Override
  public Map<String, BoundTransportAddress> profileBoundAddresses() {
    return Map.of();
  }

  @Override
  public TransportAddress[] addressesFromString(String text) {
    return new TransportAddress[0];
  }

  @Override
  public List<String> getDefaultSeedAddresses() {
    return List.of();
  }

  @Override
  public void openConnection(DiscoveryNode node, ConnectionProfile profile, ActionListener<Connection> listener) {
    listener.onFailure(new ConnectTransportException(node, "this node has no peers"));
  }

  @Override
  public TransportStats getStats() {
    return new TransportStats(0, 0, 0, 0, 0, 0, new long[18], new long[18], Map.of());
  }

  @Override
  public ResponseHandlers getResponseHandlers() {
    return responses;
  }

  @Override
  public RequestHandlers getRequestHandlers() {
    return requests;
  }

  @Override
  protected void doStart() {}

  @Override
  protected void doStop() {}

  @Override
  protected void doClose() {}
}
