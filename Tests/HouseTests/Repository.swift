import Foundation

/// The repository's files, and the text in them that people read.
enum Repository {
    /// The files in those folders that contain text, by their paths in the repository, sorted.
    static func files(in places: [String]) throws -> [String] {
        try places.flatMap { place -> [String] in
            let path = PackageTests.root.appending(path: place).path
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                return [place]
            }
            return try FileManager.default.subpathsOfDirectory(atPath: path).map { "\(place)/\($0)" }
        }
        .filter { isText($0) }.sorted()
    }

    private static func isText(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: PackageTests.root.appending(path: path).path, isDirectory: &isFolder)
        let isImage = [".png", ".jpg", ".gif", ".webp"].contains { path.hasSuffix($0) }
        return exists && !isFolder.boolValue && !isImage && !path.contains("/Fixtures/")
    }

    static func text(of file: String) throws -> String {
        String(decoding: try Data(contentsOf: PackageTests.root.appending(path: file)), as: UTF8.self)
    }

    /// Everything that people read in a file, joined over line breaks.
    static func allText(of file: String) throws -> [Passage] {
        if [".swift", ".c", ".h"].contains(where: { file.hasSuffix($0) }) { return try prose(of: file) }
        let lines = try text(of: file).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.drop { $0 == "#" || $0 == " " || $0 == "\t" }
        }
        return [Passage(file: file, line: 1, text: lines.joined(separator: " "))]
    }

    /// The sentences of a file, in passages: comments, string literals, paragraphs.
    static func prose(of file: String) throws -> [Passage] {
        let text = try text(of: file)
        switch file {
        case _ where [".swift", ".c", ".h"].contains(where: { file.hasSuffix($0) }):
            return SwiftText(text, file: file).passages.map {
                Passage(file: $0.file, line: $0.line, text: $0.text.replacing(#/^MARK: (- )?/#, with: ""))
            }
        case _ where file.hasSuffix(".md"): return passages(of: text, file: file, markdown)
        case _ where file.hasPrefix("deploy/man/"): return passages(of: text, file: file, manual)
        case _ where file.hasPrefix("templates/"): return passages(of: text, file: file, template)
        case _ where file.hasPrefix("deploy/"): return passages(of: text, file: file, script)
        default: return []
        }
    }

    /// The part of a line in a passage.
    private enum Part {
        case text(Substring)
        /// The line begins another passage.
        case begins(Substring)
        case ends
    }

    private static func passages(of text: String, file: String, _ part: (Substring) -> Part) -> [Passage] {
        var found: [(line: Int, text: String)] = []
        var isOpen = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            switch part(line) {
            case .text(let words) where isOpen: found[found.count - 1].text += " \(words)"
            case .text(let words), .begins(let words):
                found.append((index + 1, String(words)))
                isOpen = true
            case .ends: isOpen = false
            }
        }
        return found.map { Passage(file: file, line: $0.line, text: $0.text) }
    }

    private static func markdown(_ line: Substring) -> Part {
        let words = line.drop { $0 == " " }
        if words.isEmpty { return .ends }
        if words.hasPrefix("|") { return .begins(Substring(words.split(separator: "|").joined(separator: "\n"))) }
        return words.contains(#/^([-*#]|\d+\.)/#) ? .begins(words) : .text(words)
    }

    private static func manual(_ line: Substring) -> Part {
        guard line.hasPrefix(".") else { return line.isEmpty ? .ends : .text(line) }
        let words = line.dropFirst().split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "Sh", "Ss", "It", "Nd": return .begins(rest)
        case "Pp", "Bl", "El", "Bd", "Ed", "Dl", "D1", "Dd", "Dt", "Os", "\\\"": return .ends
        default: return .text(rest)
        }
    }

    private static func template(_ line: Substring) -> Part {
        let words = line.replacing(#/\{\{[^}]*\}\}+|<[^>]*>/#, with: " ")
        let isBlock = line.contains(#/^\s*(<|\{\{)/#)
        let trimmed = Substring(words.trimmingCharacters(in: .whitespaces))
        return trimmed.isEmpty ? .ends : isBlock ? .begins(trimmed) : .text(trimmed)
    }

    private static func script(_ line: Substring) -> Part {
        let words = line.drop { $0 == " " || $0 == "\t" }
        guard words.hasPrefix("#") || words.hasPrefix("//") else { return .ends }
        return .text(words.drop { "#/ ".contains($0) })
    }
}
