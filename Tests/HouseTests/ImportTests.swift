import Foundation
import Testing

/// The house's own rules, read off its sources: what each room may import, and that the README's map shows them all.
@Suite("The house")
struct ImportTests {
    /// What each target may import, of our own targets and of packages; the system's modules are open to all but where
    /// `closed` says otherwise.
    static let doors: [String: Set<String>] = [
        "CCurl": [], "CCmark": [], "CEpoll": [], "CTimex": [], "CIdn2": [], "CCrypto": [],
        "CProgramPages": [],
        "Bulletin": ["CIdn2"],
        "Seals": ["Bulletin", "Crypto"],
        "Journal": [],
        "Records": ["Bulletin", "Seals", "Journal"],
        "Intake": ["Bulletin", "Yams"],
        "Composition": ["Bulletin", "Mustache", "CCmark"],
        "Mail": ["Bulletin", "Seals", "Crypto", "CCrypto"],
        "Transport": ["Bulletin", "CCurl", "CEpoll"],
        "Settings": ["Bulletin", "Yams"],
        "Publishing": [
            "Bulletin", "Seals", "Journal", "Records", "Intake", "Composition", "Mail", "Transport", "Settings",
            "Logging", "ServiceLifecycle",
        ],
        "Web": [
            "Bulletin", "Seals", "Records", "Composition", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore",
            "NIOHTTPTypes", "Logging", "ServiceLifecycle",
        ],
        "Upkeep": [
            "Bulletin", "Seals", "Journal", "Records", "Intake", "Composition", "Mail", "Transport", "Settings",
            "Publishing", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "Logging", "ServiceLifecycle",
            "CTimex",
        ],
        "DevelopmentInbox": ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "NIOConcurrencyHelpers", "Logging"],
        "fortnightd": [
            "Bulletin", "Records", "Settings", "Composition", "Publishing", "Web", "Upkeep", "Logging",
            "ServiceLifecycle",
            "UnixSignals", "CProgramPages",
        ],
        "fortnight": [
            "Bulletin", "Seals", "Journal", "Records", "Intake", "Composition", "Mail", "Settings", "Publishing",
            "Upkeep", "ArgumentParser",
        ],
        "development-inbox": ["DevelopmentInbox", "ArgumentParser"],
        "submission-bench": ["Bulletin", "Transport", "ArgumentParser"],
        "web-bench": ["Bulletin", "Seals", "Records", "Hummingbird", "Logging"],
    ]

    /// Modules that come with the toolchain or the system.
    static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationInternationalization", "Glibc", "Dispatch", "Synchronization",
        "Swift",
    ]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func swiftFiles(of target: String) throws -> [URL] {
        let folder = root.appending(path: "Sources/\(target)")
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
            .map { folder.appending(path: $0) }
    }

    static func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path).sorted()
    }

    @Test("has a door for every target, and no door without a target")
    func everyTargetIsKnown() throws {
        #expect(try Set(Self.targets()) == Set(Self.doors.keys))
    }

    @Test("imports only through its doors")
    func importsKeepToTheDoors() throws {
        for target in try Self.targets() {
            let allowed = try #require(Self.doors[target], "\(target) has no row")
            for file in try Self.swiftFiles(of: target) {
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    guard let module = importedModule(line) else { continue }
                    #expect(
                        allowed.contains(module) || Self.system.contains(module),
                        "\(target) may not import \(module) (\(file.lastPathComponent))")
                }
            }
        }
    }

    private func importedModule(_ line: Substring) -> String? {
        let words = line.split(separator: " ").drop {
            ["package", "internal", "fileprivate", "private", "@preconcurrency", "@testable", "public"].contains($0)
        }
        guard words.first == "import", let module = words.dropFirst().last else { return nil }
        return String(module.prefix { $0 != "." })
    }

    @Test("knows no clock, file or network in its vocabulary")
    func vocabularyIsPure() throws {
        for file in try Self.swiftFiles(of: "Bulletin") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in ["FileManager", "Date()", "Date.now", "URLSession", "Logger(", "getenv", "TimeZone.current"] {
                #expect(!text.contains(word), "\(word) in \(file.lastPathComponent)")
            }
        }
    }

    @Test("stands in the README's map")
    func readmeShowsTheMap() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        for target in Self.doors.keys where !target.hasSuffix("-bench") && target != "development-inbox" {
            #expect(readme.contains("`\(target)`"), "the README's map lacks \(target)")
        }
    }
}
