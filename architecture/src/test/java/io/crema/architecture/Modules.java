package io.crema.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The production classes of all modules, read once, and the packages by which a module is told. */
final class Modules {

    static final String REDIS = "io.crema.redis..";
    static final String POSTGRES = "io.crema.postgres..";
    static final String SPRING = "io.crema.spring..";
    static final String TESTKIT = "io.crema.testkit..";

    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.crema");

    private Modules() {}

    static boolean isCore(JavaClass type) {
        return !isIn(type, "io.crema.redis")
                && !isIn(type, "io.crema.postgres")
                && !isIn(type, "io.crema.spring")
                && !isIn(type, "io.crema.testkit");
    }

    static boolean isIn(JavaClass type, String root) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }
}
