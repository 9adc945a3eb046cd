import Foundation
import Testing

/// The package's own rules: each target declares what it imports, and imports what it declares.
///
/// The build refuses an import that is not declared (`--explicit-target-dependency-import-check error` in
/// `deploy/requirements.sh`); the other half is checked here.
@Suite("The package")
struct PackageTests {
    /// The modules of the system and the toolchain, which nobody declares.
    private static let system: Set<String> = [
        "Dispatch", "Foundation", "Glibc", "Synchronization", "Testing",
    ]

    @Test("imports all that its targets declare, and nothing else")
    func declaredIsImported() async throws {
        for target in try await Self.manifest().targets where ["executable", "regular", "test"].contains(target.type) {
            guard let imported = try target.imports() else { continue }
            #expect(
                target.modules == imported.subtracting(Self.system),
                "\(target.name): declared \(target.modules.sorted()), imported \(imported.sorted())")
        }
    }

    @Test("knows no clock, file or network in its vocabulary", arguments: ["Basics", "Bulletin", "ICalendar", "MIME"])
    func vocabularyIsPure(target: String) throws {
        for file in try Self.swiftFiles(in: Self.root.appending(path: "Sources/\(target)")) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in ["FileManager", "Date()", "Date.now", "URLSession", "Logger(", "getenv", "TimeZone.current"] {
                #expect(!text.contains(word), "\(word) in \(file.lastPathComponent)")
            }
        }
    }

    @Test("keeps at most 25 files side by side")
    func foldersStaySmall() throws {
        let sources = try Self.swiftFiles(in: Self.root.appending(path: "Sources"))
        for (folder, files) in Dictionary(grouping: sources, by: { $0.deletingLastPathComponent().path }) {
            #expect(files.count <= 25, "\(folder) has \(files.count) files: part them")
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func swiftFiles(in folder: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
            .map { folder.appending(path: $0) }
    }

    /// What Package.swift says, as the package manager reads it; in a scratch folder of its own, because the one of the
    /// running tests is locked.
    private static func manifest() async throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "fortnight-manifest-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "swift package dump-package failed")
        return try JSONDecoder().decode(Manifest.self, from: bytes)
    }
}

/// As much of `swift package dump-package` as is asked here.
private struct Manifest: Decodable {
    let targets: [Target]

    struct Target: Decodable {
        let name: String
        let type: String
        let path: String?
        let dependencies: [Dependency]

        /// The modules that it declares; a product of ours and of others bears the name of its module.
        var modules: Set<String> { Set(dependencies.map(\.name)) }

        /// The modules that its sources import; nil where it has no Swift source.
        func imports() throws -> Set<String>? {
            let folder = PackageTests.root.appending(path: path ?? "\(type == "test" ? "Tests" : "Sources")/\(name)")
            let files = try PackageTests.swiftFiles(in: folder)
            guard !files.isEmpty else { return nil }
            var imports: Set<String> = []
            for file in files {
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    let words = line.split(separator: " ").drop { $0 != "import" }
                    let marks = line.split(separator: " ").prefix { $0 != "import" }
                    guard marks.allSatisfy({ Self.marks.contains($0) }), words.count == 2 else { continue }
                    imports.insert(String(words[words.startIndex + 1]))
                }
            }
            return imports
        }

        private static let marks: Set<Substring> = [
            "package", "internal", "fileprivate", "private", "public", "@testable", "@preconcurrency",
        ]
    }

    /// `{"byName": ["Bulletin", null]}` or `{"product": ["Logging", "swift-log", null, null]}`.
    struct Dependency: Decodable {
        let name: String

        init(from decoder: any Decoder) throws {
            let kinds = try decoder.singleValueContainer().decode([String: [Part?]].self)
            guard let name = kinds.values.first?.first ?? nil else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "a dependency has a name"))
            }
            self.name = name.text
        }

        /// A name, or a condition or moduleAliases, which are no text.
        private struct Part: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                text = (try? decoder.singleValueContainer().decode(String.self)) ?? ""
            }
        }
    }
}
