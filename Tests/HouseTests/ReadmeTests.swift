import Foundation
import TestSupport
import Testing

/// README.md, and the developers' documents.
@Suite("The README")
struct ReadmeTests {
    @Test("has at most 200 lines")
    func isShort() throws {
        let lines = try Documents.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(lines <= 201, "README.md has \(lines - 1) lines: move details into deploy/man or the DocC catalogues")
    }

    @Test("shows pictures of less than 300 KB together")
    func pictures() throws {
        let paths = try Documents.text("README.md").matches(of: /src="([^"]+)"/).map { String($0.1) }
        #expect(!paths.isEmpty)
        let bytes = try paths.map { try Data(contentsOf: PackageTests.root.appending(path: $0)).count }.reduce(0, +)
        #expect(bytes < 300_000)
    }

    @Test("links to files that exist", arguments: try Documents.markdown())
    func links(document: String) throws {
        let folder = document.split(separator: "/").dropLast().map { "\($0)/" }.joined()
        for match in try Documents.text(document).matches(of: /\]\(([^)#]+)[^)]*\)/)
        where !match.1.contains("://") {
            #expect(Documents.exists(folder + match.1), "\(match.1) in \(document)")
        }
    }

    @Test("names files that exist", arguments: try Documents.markdown())
    func files(document: String) throws {
        let name = /(?:^|[`\s(])((?:deploy|seeds|templates|Sources|Tests|\.ci)\/[A-Za-z0-9._\/-]*)/
        for match in try Documents.text(document).matches(of: name.anchorsMatchLineEndings())
        where !match.1.contains("NAME") {
            let path = String(match.1).replacing(/[.,:]+$/, with: "")
            #expect(Documents.exists(path), "\(path) in \(document)")
        }
    }

    /// Without the symbols of the build, the one that gives a catalogue its name is missing; nothing else may be.
    @Test(
        "leads to catalogues that DocC converts without a warning", .installedTool,
        arguments: try Documents.catalogues())
    func converts(catalogue: String) async throws {
        let swift = URL(filePath: try Programs.system("swift", package: "swiftlang")).resolvingSymlinksInPath()
        let docc = swift.deletingLastPathComponent().appending(path: "docc").path
        try await withScratchFolder { scratch in
            let ending = try await ProgramRun.run(
                docc,
                [
                    "convert", PackageTests.root.appending(path: catalogue).path, "--output-path", "\(scratch)/out",
                    "--fallback-display-name", "Fortnight", "--fallback-bundle-identifier", "org.example.fortnight",
                ], within: .seconds(120))
            let complaints = (ending.output + ending.errors).split(separator: "\n")
                .filter { $0.contains(#/\b(error|warning): /#) && !$0.contains("No symbol matched") }
            #expect(complaints.isEmpty)
            #expect(ending.status == 0)
        }
    }
}
