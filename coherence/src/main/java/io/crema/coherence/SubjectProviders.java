package io.crema.coherence;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The providers on the class path. */
final class SubjectProviders {

    private SubjectProviders() {}

    /** @throws IllegalArgumentException if nobody knows the name; says which names there are */
    static SubjectProvider named(String subject) {
        List<String> known = new ArrayList<>();
        for (SubjectProvider provider : ServiceLoader.load(SubjectProvider.class)) {
            if (provider.names().contains(subject)) {
                return provider;
            }
            known.addAll(provider.names());
        }
        throw new IllegalArgumentException("There is no subject '" + subject + "'; known: " + String.join(", ", known));
    }
}
