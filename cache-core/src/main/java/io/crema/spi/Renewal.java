package io.crema.spi;

/**
 * New times for a value that the remote tier has already and that the origin says is still right.
 *
 * @param token random identity of the load that found that out
 * @param freshMillis as of {@link RemoteValue}
 * @param keepMillis as of {@link RemoteValue}
 * @param loadMillis as of {@link RemoteValue}
 * @param originVersion the origin's version, unsigned; 0 = as it was
 */
public record Renewal(long token, long freshMillis, long keepMillis, long loadMillis, long originVersion) {

    public Renewal {
        if (freshMillis <= 0 || keepMillis < freshMillis || loadMillis < 0) {
            throw new IllegalArgumentException("0 < fresh <= keep and 0 <= load must hold, but fresh is " + freshMillis
                    + " ms, keep " + keepMillis + " ms, load " + loadMillis + " ms");
        }
    }
}
