package io.crs.host;

import io.crs.agent.HookProvider;
import io.crs.agent.Platform;
import io.crs.contract.HookProviderContract;
import java.util.List;

class BundledAgentsContractTest extends HookProviderContract {
    @Override
    protected HookProvider provider() {
        return new BundledAgents();
    }

    @Override
    protected List<Platform> platforms() {
        return BundledAgents.available();
    }
}
