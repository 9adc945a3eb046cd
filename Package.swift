// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with: Swift 6 in its strict reading, warnings as errors.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// The programs carry the Swift runtime within them, so that a machine needs no toolchain to run them. Said to the
/// linker alone, and not as `--static-swift-stdlib`, so that tests and programs share one build: the toolchain has no
/// static library for tests. The libraries named are those that Foundation's static archives lean on.
let carryRuntime: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-Xlinker", "--start-group"]
            + [
                "Foundation", "FoundationInternationalization", "FoundationEssentials", "CoreFoundation",
                "_FoundationCShims", "_FoundationCollections", "_FoundationICU", "swiftSynchronization",
            ].map { "-l\($0)" }
            + ["-Xlinker", "--end-group"])
]

let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: carryRuntime)
}

/// The tests of one room, `Tests/NAMETests`; `leaving` names what there is no source, such as golden files.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], leaving: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        exclude: leaving, swiftSettings: strict)
}

let package = Package(
    name: "Fortnight",
    products: [
        .executable(name: "fortnightd", targets: ["fortnightd"]),
        .executable(name: "fortnight", targets: ["fortnight"]),
        .executable(name: "development-inbox", targets: ["development-inbox"]),
        // Preloaded by rehearsals, so that the real programs run by a clock that stands still; not shipped.
        .library(name: "StillClock", type: .dynamic, targets: ["StillClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .systemLibrary(name: "CCmark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
        .systemLibrary(name: "CIdn2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CTimex"),
        .target(name: "CProgramPages"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        room("Bulletin", ["CIdn2"]),
        room("Seals", ["Bulletin", crypto]),
        room("Journal", []),
        room("Records", ["Bulletin", "Seals", "Journal"]),
        room("Intake", ["Bulletin", yams]),
        room("Composition", ["Bulletin", mustache, "CCmark"]),
        room("Mail", ["Bulletin", "Seals", crypto, "CCrypto"]),
        room("Transport", ["Bulletin", "CCurl", "CEpoll"]),
        room("Settings", ["Bulletin", yams]),
        room(
            "Publishing",
            ["Bulletin", "Seals", "Records", "Intake", "Composition", "Mail", "Transport", "Settings", log, lifecycle]),
        room("Web", ["Bulletin", "Seals", "Records", "Composition", hummingbird, log, lifecycle]),
        room(
            "Upkeep",
            [
                "Bulletin", "Seals", "Journal", "Records", "Composition", "Mail", "Transport", "Settings", "Publishing",
                "CTimex", hummingbird, log, lifecycle,
            ]),
        room("DevelopmentInbox", nio + [log]),
        program(
            "fortnightd",
            [
                "Bulletin", "Records", "Composition", "Publishing", "Web", "Upkeep", "Settings", "CProgramPages", log,
                lifecycle, signals,
            ]),
        program(
            "fortnight",
            ["Bulletin", "Seals", "Journal", "Records", "Intake", "Publishing", "Upkeep", "Settings", arguments]),
        program("development-inbox", ["DevelopmentInbox", arguments]),
        .target(name: "TestSupport", dependencies: ["Journal"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "StillClock", path: "Tests/StillClock"),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "DevelopmentInbox", "CProgramPages"],
            exclude: ["Fixtures", "browser.py", "dkim_check.py", "operations.py", "terminal.py"],
            swiftSettings: strict),
        .testTarget(name: "HouseTests", dependencies: ["Settings"], swiftSettings: strict),
        // Measures sending for deploy/bench; not shipped.
        .executableTarget(name: "submission-bench", dependencies: ["Bulletin", "Transport"], swiftSettings: strict),
        // Measures the pages for deploy/bench; not shipped.
        .executableTarget(
            name: "web-bench", dependencies: ["Bulletin", "Seals", "Records", hummingbird, log], swiftSettings: strict),
        tests("Bulletin", leaving: ["Fixtures"]),
        tests("Seals", ["Bulletin"]),
        tests("Journal"),
        tests("Records", ["Bulletin", "Seals", "Journal"]),
        tests("Intake", ["Bulletin"], leaving: ["Calendars"]),
        tests("Settings", ["Bulletin"]),
        tests("Composition", ["Bulletin"], leaving: ["Golden"]),
        tests("Mail", ["Bulletin", "Seals", crypto], leaving: ["Golden", "Returns"]),
        tests("Transport", ["Bulletin", "DevelopmentInbox"], leaving: ["Dialogues", "Certificates"]),
        tests("DevelopmentInbox", nio),
        tests(
            "Publishing",
            [
                "Bulletin", "Seals", "Journal", "Records", "Intake", "Settings", "Composition", "Transport",
                "DevelopmentInbox", log,
            ]),
        tests(
            "Upkeep", ["Bulletin", "Seals", "Journal", "Records", "Settings", "Publishing", log, lifecycle]),
        tests("Web", ["Bulletin", "Seals", "Journal", "Records", "Composition", log, lifecycle]),
    ],
    swiftLanguageModes: [.v6]
)
