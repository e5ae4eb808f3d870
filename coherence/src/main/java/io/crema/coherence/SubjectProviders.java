package io.crema.coherence;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The providers on the class path. */
final class SubjectProviders {

    private SubjectProviders() {}

    /** Of every provider but Crema's, which has more names than one would want to compare. */
    static List<String> peers() {
        return ServiceLoader.load(SubjectProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> !(provider instanceof CremaSubjects))
                .flatMap(provider -> provider.names().stream())
                .toList();
    }

    static boolean isCrema(String subject) {
        return named(subject) instanceof CremaSubjects;
    }

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
