package io.crs.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the code's shape that hold across all published modules. */
class HouseRulesTest {
    private static final List<String> MODULES = List.of("crs-spi", "crs-policy", "crs-image", "crs-native", "crs-core");

    private static final String[] SPI = {
        "io.crs.syscall..",
        "io.crs.event..",
        "io.crs.file..",
        "io.crs.secret..",
        "io.crs.store..",
        "io.crs.transport..",
        "io.crs.agent.."
    };
    private static final String[] POLICY = {"io.crs.policy.."};
    private static final String[] IMAGE = {"io.crs.image.."};
    private static final String[] HOST = {"io.crs.host.."};
    private static final String[] CORE = {"io.crs.engine.."};

    private static final JavaClasses PUBLISHED = published();

    private static JavaClasses published() {
        List<Path> folders = MODULES.stream()
                .map(module -> Path.of("..", module, "target", "classes"))
                .toList();
        for (Path folder : folders) {
            assertTrue(Files.isRegularFile(folder.resolve("module-info.class")), () -> folder + " is not compiled");
        }
        return new ClassFileImporter().importPaths(folders);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.crs.(**)").should().beFreeOfCycles().check(PUBLISHED);
    }

    @Test
    void arrowsPointDownward() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("spi")
                .definedBy(SPI)
                .layer("policy")
                .definedBy(POLICY)
                .layer("image")
                .definedBy(IMAGE)
                .layer("host")
                .definedBy(HOST)
                .layer("core")
                .definedBy(CORE)
                .whereLayer("spi")
                .mayNotAccessAnyLayer()
                .whereLayer("policy")
                .mayOnlyAccessLayers("spi")
                .whereLayer("image")
                .mayOnlyAccessLayers("spi")
                .whereLayer("host")
                .mayOnlyAccessLayers("spi")
                .whereLayer("core")
                .mayOnlyAccessLayers("spi", "policy", "image")
                .check(PUBLISHED);
    }

    @Test
    void everyPackageHasItsPlaceInAModule() {
        String[] known =
                Stream.of(SPI, POLICY, IMAGE, HOST, CORE).flatMap(Stream::of).toArray(String[]::new);
        classes().should().resideInAnyPackage(known).check(PUBLISHED);
    }

    @Test
    void publicSignaturesNameOnlyTheJdkAndEachOther() {
        classes()
                .that(arePublicThroughout())
                .should(nameOnlyTheJdkAndEachOtherInPublicSignatures())
                .check(PUBLISHED);
    }

    @Test
    void classesAreNamedForWhatTheyAre() {
        noClasses()
                .that()
                // A choice about defaults may bear the word; an implementation may not.
                .areNotEnums()
                .should()
                .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)")
                .orShould()
                .haveNameMatching("(.*[.$])?(Abstract|Default)[A-Z][^.$]*")
                .check(PUBLISHED);
    }

    private static DescribedPredicate<JavaClass> arePublicThroughout() {
        return DescribedPredicate.describe("are public, as are the classes around them", javaClass -> {
            JavaClass each = javaClass;
            while (each.getModifiers().contains(JavaModifier.PUBLIC)) {
                if (each.getEnclosingClass().isEmpty()) {
                    return true;
                }
                each = each.getEnclosingClass().get();
            }
            return false;
        });
    }

    private static ArchCondition<JavaClass> nameOnlyTheJdkAndEachOtherInPublicSignatures() {
        return new ArchCondition<>("name only types of the JDK and of CRS in public signatures") {
            @Override
            public void check(JavaClass javaClass, ConditionEvents events) {
                Set<JavaClass> inHeader = new LinkedHashSet<>();
                javaClass.getSuperclass().ifPresent(type -> inHeader.addAll(type.getAllInvolvedRawTypes()));
                javaClass.getInterfaces().forEach(type -> inHeader.addAll(type.getAllInvolvedRawTypes()));
                javaClass.getTypeParameters().forEach(type -> inHeader.addAll(type.getAllInvolvedRawTypes()));
                report(javaClass.getFullName(), inHeader, javaClass, events);
                Stream.of(javaClass.getFields(), javaClass.getCodeUnits())
                        .flatMap(Set::stream)
                        .filter(HouseRulesTest::isReachableFromOutside)
                        .forEach(member -> report(member.getFullName(), typesOf(member), javaClass, events));
            }
        };
    }

    private static boolean isReachableFromOutside(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Set<JavaClass> typesOf(JavaMember member) {
        Set<JavaClass> types = new LinkedHashSet<>(member.getAllInvolvedRawTypes());
        if (member instanceof JavaCodeUnit codeUnit) {
            for (JavaType parameter : codeUnit.getParameterTypes()) {
                types.addAll(parameter.getAllInvolvedRawTypes());
            }
            types.addAll(codeUnit.getExceptionTypes());
        }
        return types;
    }

    private static void report(String where, Set<JavaClass> types, JavaClass owner, ConditionEvents events) {
        for (JavaClass type : types) {
            JavaClass element = type.getBaseComponentType();
            boolean allowed = element.isPrimitive()
                    || element.getPackageName().startsWith("java.")
                    || element.getPackageName().startsWith("javax.net.ssl")
                    || element.getPackageName().startsWith("io.crs.");
            events.add(new SimpleConditionEvent(owner, allowed, where + " names " + element.getFullName()));
        }
    }
}
