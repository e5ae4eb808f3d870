package io.crema.spring.boot.actuate;

import io.crema.Crema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Which caches there are, and what they are shared by. */
final class CremaInfoContributor implements InfoContributor {

    private final Crema crema;
    private final String remote;

    CremaInfoContributor(Crema crema, String remote) {
        this.crema = crema;
        this.remote = remote;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> info = new LinkedHashMap<>();
        String version = Crema.class.getPackage().getImplementationVersion();
        if (version != null) {
            info.put("version", version);
        }
        info.put("remote", remote);
        info.put("caches", new TreeSet<>(crema.cacheNames()));
        builder.withDetail("crema", info);
    }
}
