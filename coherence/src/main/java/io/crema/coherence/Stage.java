package io.crema.coherence;

/** All that takes part in a run on one topology. */
record Stage(Admin admin, Topology topology, RoleWatch roles, Fleet fleet) {}
