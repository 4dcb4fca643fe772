package org.elasticsearch.plugins;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.settings.Settings;

/** Plugins that are already on the class path, instead of in a folder of their own. In this package for its record. */
public final class ClasspathPlugins extends PluginsService {
  private final List<LoadedPlugin> loaded = new ArrayList<>();

  public ClasspathPlugins(Settings settings, Path config, List<Plugin> plugins) {
    super(settings, config, noFolders());
    for (Plugin plugin : plugins) {
      String name = plugin.getClass().getName();
      loaded.add(new LoadedPlugin(describe(name), plugin, plugin.getClass().getClassLoader()));
    }
  }

  public static PluginsLoader noFolders() {
    return PluginsLoader.createPluginsLoader(Set.of(), Set.of(), Map.of(), false);
  }

  // The parent's constructor asks before this class has its list.
  @Override
  protected List<LoadedPlugin> plugins() {
    return loaded == null ? List.of() : loaded;
  }

  private static PluginDescriptor describe(String name) {
    String any = "1";
    return new PluginDescriptor(name, name, any, any, "17", name, null, List.of(), false, false, false, false);
  }
}
