import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node in this process, for tests. Arguments: home directory, HTTP port. */
public class OsNode {
    public static void main(String[] args) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }));
        runner.setMaxHttpPort(65535); // Without it no port above 9299 is taken.
        try {
            // The first of its nodes listens one port above the base.
            runner.build(OpenSearchRunner.newConfigs().basePath(args[0]).numOfNode(1)
                .baseHttpPort(Integer.parseInt(args[1]) - 1).clusterName("fhirc").disableESLogger());
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
        Thread.currentThread().join();
    }
}
