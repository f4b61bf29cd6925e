package org.elasticsearch.node;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.plugins.ClasspathPlugins;
import org.elasticsearch.plugins.PluginsLoader;
import org.elasticsearch.plugins.PluginsService;

/** One Elasticsearch node in this process, for tests. Arguments: home directory, HTTP port, transport port. */
public class EsNode extends Node {
    EsNode(Environment env) {
        super(NodeConstruction.prepareConstruction(env,
            PluginsLoader.createPluginsLoader(Set.of(), Set.of(), Map.of(), false),
            new NodeServiceProvider() {
                @Override PluginsService newPluginService(Environment e, PluginsLoader loader) {
                    return new ClasspathPlugins(e.settings(), e.configDir(), loader);
                }
            }, true));
    }

    public static void main(String[] args) throws Exception {
        LogConfigurator.configureESLogging(); // Without it no logger can be had, and the node does not start.
        Settings settings = Settings.builder()
            .put("cluster.name", "fhirc").put("node.name", "node")
            .put("path.home", Path.of(args[0]).toAbsolutePath().toString())
            .put("network.host", "127.0.0.1").put("http.port", args[1]).put("transport.port", args[2])
            .put("discovery.type", "single-node")
            .put("cluster.max_shards_per_node", 10_000)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("indices.breaker.total.use_real_memory", false)
            .build();
        EsNode node = new EsNode(new Environment(settings, null));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }));
        node.start();
        Thread.currentThread().join();
    }
}
