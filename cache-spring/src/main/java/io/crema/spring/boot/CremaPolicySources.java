package io.crema.spring.boot;

import java.util.Map;

/** Says which property each policy of a cache comes from. */
@FunctionalInterface
public interface CremaPolicySources {

    /** By the policy's name; {@code standard} where nothing was set. Policies that are off are not there. */
    Map<String, String> of(String cache);
}
