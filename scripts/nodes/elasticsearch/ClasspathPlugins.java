package org.elasticsearch.plugins;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.elasticsearch.Build;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/** The only plugin is the HTTP transport, taken from the class path. */
public class ClasspathPlugins extends PluginsService {
    private List<LoadedPlugin> list; // No initialiser: plugins() is called from the constructor above.

    public ClasspathPlugins(Settings settings, Path config, PluginsLoader loader) {
        super(settings, config, loader);
    }

    @Override protected List<LoadedPlugin> plugins() {
        if (list == null) {
            list = List.of(load(new Netty4Plugin()));
        }
        return list;
    }

    /** By a descriptor as text: its constructor differs between versions. */
    private static LoadedPlugin load(Plugin plugin) {
        Class<?> type = plugin.getClass();
        String text = "name=" + type.getSimpleName() + "\ndescription=-\nversion=1\nclassname=" + type.getName()
            + "\njava.version=17\nelasticsearch.version=" + Build.current().version() + "\n";
        try {
            return new LoadedPlugin(PluginDescriptor.readInternalDescriptorFromStream(
                new ByteArrayInputStream(text.getBytes(UTF_8))), plugin, type.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
