package io.crema.examples.quickstart;

/** How invalidations reach the instances. */
enum Transport {
    /** As Redis delivers them. */
    SOUND,
    /** Broken on purpose: keys are taken out of the messages, and nothing else tells that they are lost. */
    LOSES_INVALIDATIONS
}
