package io.crs.agent;

import java.util.List;

/** A bundle of files in memory. */
record FileBundle(Platform platform, String version, List<AgentFile> files, List<LinkedLibrary> libraries)
        implements AgentBundle {}
