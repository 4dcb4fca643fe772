package org.elasticsearch.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.plugins.ClasspathPlugins;
import org.elasticsearch.plugins.PluginsLoader;
import org.elasticsearch.plugins.PluginsService;
import whale.LoopbackPlugin;

/**
 * One Elasticsearch node on loopback, out of the server's library alone: arguments are the folder for its data, the
 * port and further settings as `name=value`. Prints `listening`, and ends when its input ends. In this
 * package, because only here may one say which plugins a node has.
 */
public final class LoopbackNode {
  private LoopbackNode() {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]).toAbsolutePath();
    Files.createDirectories(home.resolve("config"));
    Environment environment = InternalSettingsPreparer.prepareEnvironment(settings(home, args), Map.of(), null, () -> "whale-test");
    LogConfigurator.loadLog4jPlugins();
    LogConfigurator.configureWithoutConfig(environment.settings());
    LogConfigurator.configureESLogging();
    Node node = new Node(NodeConstruction.prepareConstruction(environment, ClasspathPlugins.noFolders(), new Services(), true));
    node.start();
    System.out.println("listening");
    while (System.in.read() != -1) {}
    // Its data are thrown away; an orderly end would only keep an orphan alive for longer.
    Runtime.getRuntime().halt(0);
  }

  private static Settings settings(Path home, String[] args) {
    Settings.Builder settings = Settings.builder()
      .put("path.home", home)
      .put("cluster.name", "whale-test")
      .put("discovery.type", "single-node")
      .put("transport.type", LoopbackPlugin.NAME)
      .put("http.type", LoopbackPlugin.NAME)
      .put("http.host", "127.0.0.1")
      .put("http.port", args[1]);
    for (int i = 2; i < args.length; i++) {
      String[] pair = args[i].split("=", 2);
      settings.put(pair[0], pair[1]);
    }
    return settings.build();
  }

  private static final class Services extends NodeServiceProvider {
    @Override
    PluginsService newPluginService(Environment environment, PluginsLoader loader) {
      return new ClasspathPlugins(environment.settings(), environment.configDir(), List.of(new LoopbackPlugin()));
    }
  }
}
