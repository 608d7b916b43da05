/** The engine: registration, configuration, enrolment of agents, jobs. */
package io.crs.engine;
