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

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: carryRuntime)
}

/// A library of the system, `Sources/C/NAME`, and the Debian package that has its headers.
func system(_ name: String, pkgConfig: String, from package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// A program that measures for `deploy/bench`, `Tests/NAME`.
func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

/// The tests of one room, `Tests/NAMETests`. `leaving` names the folders that hold no source, such as golden files;
/// `support` says whether they use what tests share.
func tests(
    _ name: String, _ dependencies: [Target.Dependency] = [], leaving: [String] = [], support: Bool = false
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.init(stringLiteral: name)] + (support ? ["TestSupport"] : []) + dependencies,
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
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        // Without its reader of configuration files: that is a package of its own, which takes long to build.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The system's C libraries, each behind a module map.
        .target(name: "CCurl", path: "Sources/C/CCurl", linkerSettings: [.linkedLibrary("curl")]),
        system("CCmark", pkgConfig: "libcmark", from: "libcmark-dev"),
        system("CCrypto", pkgConfig: "libcrypto", from: "libssl-dev"),
        system("CSSL", pkgConfig: "libssl", from: "libssl-dev"),
        system("CIdn2", pkgConfig: "libidn2", from: "libidn2-dev"),
        .systemLibrary(name: "CEpoll", path: "Sources/C/CEpoll"),
        .systemLibrary(name: "CTimex", path: "Sources/C/CTimex"),
        .target(name: "CProgramPages", path: "Sources/C/CProgramPages"),

        // The rooms, each below those that import it.
        room("Basics", []),
        room("ICalendar", ["Basics"]),
        room("MIME", ["Basics"]),
        room("StrictYAML", [yams]),
        room("Bulletin", ["Basics", "ICalendar", "CIdn2"]),
        room("Cryptography", ["Basics", "CCrypto"]),
        room("Tokens", ["Basics", "Bulletin", "Cryptography"]),
        room("Journal", []),
        room("Records", ["Basics", "Bulletin", "Tokens", "Journal"]),
        room("Intake", ["Basics", "Bulletin", "ICalendar", "StrictYAML"]),
        room("Rendering", ["Basics", "Bulletin", "ICalendar", "CCmark", mustache]),
        room("Mail", ["Basics", "Bulletin", "Tokens", "MIME", "Cryptography"]),
        room("Curl", ["Basics", "CCurl"]),
        room("SMTP", ["Basics", "Bulletin", "Curl", "CEpoll"]),
        room("Mailboxes", ["Basics", "Curl", "CCurl"]),
        room("Settings", ["Basics", "Bulletin", "Curl", "StrictYAML"]),
        room("Subscriptions", ["Basics", "Bulletin", "Tokens", "Records", "Intake"]),
        room("Planning", ["Basics", "Bulletin", "Tokens", "Records", "Rendering", "Mail", "Settings"]),
        room("Editing", ["Basics", "Bulletin", "Journal", "Records", "Intake", "Rendering", "Settings", "Planning"]),
        room(
            "Publishing",
            [
                "Basics", "Bulletin", "Tokens", "Records", "Rendering", "Mail", "Curl", "SMTP", "Mailboxes", "Settings",
                "Subscriptions", "Planning", "Editing", "CEpoll", lifecycle, log,
            ]),
        room("HTTPServing", ["Basics", hummingbird, hummingbirdCore, lifecycle, log, nioCore, nioHTTP1]),
        room(
            "Web",
            [
                "Basics", "HTTPServing", "Bulletin", "Tokens", "Records", "Rendering", "Subscriptions", httpTypes,
                hummingbird,
                hummingbirdCore, lifecycle, log, nioCore, nioHTTPTypes,
            ]),
        room(
            "Operations",
            [
                "Basics", "HTTPServing", "Bulletin", "Tokens", "Journal", "Records", "Mail", "Curl", "Mailboxes",
                "Settings",
                "Planning",
                "Publishing", "CTimex", httpTypes, hummingbird, hummingbirdCore, lifecycle, log, nioCore,
            ]),
        program(
            "fortnightd",
            [
                "Basics", "Bulletin", "Records", "Rendering", "Settings", "Planning", "Publishing", "Web", "Operations",
                "CProgramPages", lifecycle, log, signals,
            ]),
        program(
            "fortnight",
            [
                "Basics", "Bulletin", "ICalendar", "Tokens", "Journal", "Records", "Intake", "Rendering", "Mail",
                "Settings", "Subscriptions", "Planning", "Editing", "Publishing", "Operations", arguments,
            ]),

        // What developers and the trial send to instead of readers; not shipped.
        room("DevelopmentInbox", ["MIME", "CSSL", nioCore, nioHTTP1, nioPosix]),
        program("development-inbox", ["DevelopmentInbox", arguments]),

        // The tests, and what deploy/bench measures with; not shipped.
        .target(name: "TestSupport", dependencies: ["Journal"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "BulletinSupport",
            dependencies: ["Basics", "Bulletin", "Journal", "Planning", "Records", "Settings", "TestSupport"],
            path: "Tests/BulletinSupport", swiftSettings: strict),
        .target(name: "StillClock", path: "Tests/StillClock"),
        benchmark("submission-bench", ["Bulletin", "Curl", "SMTP"]),
        benchmark("web-bench", ["Basics", "Bulletin", "Tokens", "Records", hummingbird, log]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "DevelopmentInbox", "CProgramPages"],
            exclude: ["Fixtures", "browser.py", "dkim_check.py", "operations.py", "terminal.py"],
            swiftSettings: strict),
        .testTarget(name: "HouseTests", dependencies: ["Settings", "TestSupport"], swiftSettings: strict),
        tests("Basics"),
        tests("ICalendar", ["Basics", "Bulletin"], leaving: ["Fixtures"]),
        tests("MIME"),
        tests("StrictYAML"),
        tests("Bulletin", ["Basics"]),
        tests("Cryptography"),
        tests("Tokens", ["Basics", "Bulletin"]),
        tests("Journal", support: true),
        tests("Records", ["Basics", "Bulletin", "Tokens", "Journal"], support: true),
        tests("Intake", ["Basics", "Bulletin", "ICalendar"], leaving: ["Calendars"]),
        tests("Rendering", ["Basics", "Bulletin", "ICalendar"], leaving: ["Golden"], support: true),
        tests("Mail", ["Bulletin", "MIME", "Cryptography", "Tokens"], leaving: ["Golden", "Returns"], support: true),
        tests(
            "SMTP", ["Basics", "Bulletin", "Curl", "DevelopmentInbox"], leaving: ["Dialogues", "Certificates"],
            support: true),
        tests("Mailboxes"),
        tests("Subscriptions", ["Basics", "Bulletin", "Journal", "Records"], support: true),
        tests("Settings", ["Bulletin", "Curl"], support: true),
        tests(
            "Publishing",
            [
                "BulletinSupport",
                "Basics", "Bulletin", "Tokens", "Journal", "Records", "Intake", "Rendering", "Curl", "SMTP",
                "Mailboxes",
                "Settings", "Subscriptions", "Planning", "Editing", "DevelopmentInbox", log,
            ], support: true),
        tests(
            "Web",
            [
                "Basics", "HTTPServing", "Bulletin", "Tokens", "Journal", "Records", "Rendering", "Subscriptions",
                lifecycle, log,
            ],
            support: true),
        tests(
            "Operations",
            [
                "BulletinSupport", "Basics", "Bulletin", "Tokens", "Journal", "Records", "Settings", "Planning",
                "Publishing",
            ],
            support: true),
        tests("DevelopmentInbox", [nioCore], support: true),
    ],
    swiftLanguageModes: [.v6]
)
