package org.ionforge;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Arrows run down one list only: cli → jobs → services → compute → bindings.
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.ionforge");

    @Test
    void arrowsRunDown() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
                .layer("cli").definedBy("org.ionforge.cli..")
                .optionalLayer("jobs").definedBy("org.ionforge.refinery..", "org.ionforge.ionis..", "org.ionforge.spiking..",
                        "org.ionforge.export..")
                .optionalLayer("services").definedBy("org.ionforge.vault..", "org.ionforge.training..",
                        "org.ionforge.quantization..", "org.ionforge.telemetry..")
                .layer("compute").definedBy("org.ionforge.compute..")
                .layer("bindings").definedBy("org.ionforge.bindings..")
                .layer("downloads").definedBy("org.ionforge.downloads..")
                .layer("errors").definedBy("org.ionforge.errors..")
                .whereLayer("cli").mayNotBeAccessedByAnyLayer()
                .whereLayer("jobs").mayOnlyBeAccessedByLayers("cli")
                .whereLayer("services").mayOnlyBeAccessedByLayers("cli", "jobs")
                .whereLayer("compute").mayOnlyBeAccessedByLayers("cli", "jobs", "services")
                .whereLayer("bindings").mayOnlyBeAccessedByLayers("services", "compute")
                .whereLayer("downloads").mayOnlyBeAccessedByLayers("jobs", "services")
                .whereLayer("downloads").mayOnlyAccessLayers("errors")
                .whereLayer("errors").mayNotAccessAnyLayer()
                .check(CLASSES);
    }
}
