package io.crema.scenarios;

/**
 * What an instance is started with.
 *
 * @param redisUri where its Redis server is, or would be
 * @param originPort where the origin listens
 */
record InstanceSpec(String name, String redisUri, int originPort, OriginClient.Kind client, Policies policies) {}
