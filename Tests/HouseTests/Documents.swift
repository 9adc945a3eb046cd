import Foundation

/// The documents of the repository, as text.
enum Documents {
    /// `deploy/man/NAME`.
    static func page(_ name: String) throws -> String { try text("deploy/man/\(name)") }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: PackageTests.root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: PackageTests.root.appending(path: path).path)
    }

    /// The names of the manual's pages.
    static func pages() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: PackageTests.root.appending(path: "deploy/man").path)
            .sorted()
    }

    /// Every DocC catalogue, as a path in the repository.
    static func catalogues() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: PackageTests.root.appending(path: "Sources").path)
            .filter { $0.hasSuffix(".docc") }.map { "Sources/\($0)" }.sorted()
    }

    /// Every text of Markdown.
    static func markdown() throws -> [String] {
        try ["README.md"]
            + catalogues().flatMap { catalogue in
                try FileManager.default.contentsOfDirectory(
                    atPath: PackageTests.root.appending(path: catalogue).path
                ).filter { $0.hasSuffix(".md") }.map { "\(catalogue)/\($0)" }
            }
    }
}

/// A command as a document has it.
struct QuotedCommand: CustomStringConvertible {
    let text: String
    /// Whether it stands there to be typed, and not as a mention.
    let isWhole: Bool
    let place: String
    var description: String { "\(text) in \(place)" }
}

extension QuotedCommand {
    /// The commands that a text of Markdown quotes: in code spans, and as lines of code.
    static func inMarkdown(_ path: String) throws -> [QuotedCommand] {
        var found: [QuotedCommand] = []
        var isCode = false
        for line in try Documents.text(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                found += [QuotedCommand(text: String(line), isWhole: true, place: path)]
            } else {
                found += line.matches(of: /`([^`]+)`/).map {
                    QuotedCommand(text: String($0.1), isWhole: false, place: path)
                }
            }
        }
        return found.filter { $0.isOurs }
    }

    /// The commands that a page of the manual quotes: as lines of an example, in `Ql`, as an entry and in a table.
    static func inPage(_ name: String) throws -> [QuotedCommand] {
        var found: [QuotedCommand] = []
        var isCode = false
        let page = try Documents.page(name).replacing(/\\e\n */, with: "")
        for line in page.split(separator: "\n") {
            if line.hasPrefix(".Bd -literal") { isCode = true }
            if line.hasPrefix(".Ed") { isCode = false }
            if isCode {
                found.append(QuotedCommand(text: unescaped(line), isWhole: true, place: name))
            } else if let quoted = line.firstMatch(of: /^\.Ql (.*?)( [.,;:)]+)?$/) {
                found.append(QuotedCommand(text: unescaped(quoted.1), isWhole: false, place: name))
            } else if let cell = line.firstMatch(of: /^\.It .* Ta (fortnight.*)$/) {
                found.append(QuotedCommand(text: unescaped(cell.1), isWhole: false, place: name))
            } else if let entry = line.firstMatch(of: /^\.(?:It|Pq) Cm (fortnight.*)$/) {
                let words = entry.1.replacing(/\bFl -/, with: "--").replacing(#/\b(Ar|Cm|Op|Oo|Oc) /#, with: "")
                found.append(QuotedCommand(text: unescaped(words), isWhole: false, place: name))
            }
        }
        return found.filter { $0.isOurs }
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("\\-", with: "-").replacing("\\(dq", with: "\"").replacing("\\(aq", with: "'")
            .replacing("\\&", with: "")
    }

    private var isOurs: Bool { words.first == "fortnight" || words.first == "fortnightd" }

    /// Its words as a shell has them, up to a pipe, a redirection, a comment or an ellipsis.
    var words: [String] {
        var words: [String] = []
        for word in text.matches(of: /(?:[^\s"']|"[^"]*"|'[^']*')+/).map({ String($0.output) }) {
            if ["|", "<", ">", "&&", "...", "…", "."].contains(word) || word.hasPrefix("#") { break }
            words.append(word)
        }
        let start = words.firstIndex { $0 != "sudo" && !$0.contains("=") } ?? words.endIndex
        return Array(words[start...])
    }
}
