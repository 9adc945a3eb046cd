import Basics
import StrictYAML

/// Markdown with YAML front matter between two lines of `---`.
struct FrontMatter {
    let entries: [ItemFileNode.Entry]
    let body: String
    /// Where the body begins: the first line of it that is not blank.
    let bodyLine: Int

    /// The most bytes of front matter: thirty times a full form, and few enough to be read in an instant.
    private static let mostBytes = 100_000

    /// Reads `text`, whose lines end in line feeds.
    init(_ text: String) throws(ItemFileFault) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { !$0.isBlank }), lines[first].isFence else {
            throw ItemFileFault(
                line: 1,
                "there is no front matter; begin the file with a line of ---, then the fields, then another line of ---"
            )
        }
        guard let last = lines[(first + 1)...].firstIndex(where: \.isFence) else {
            throw ItemFileFault(
                line: first + 1, "the front matter that begins here has no end; put a line of --- after its fields")
        }
        let yaml = lines[(first + 1)..<last].joined(separator: "\n")
        guard yaml.utf8.count <= Self.mostBytes else {
            throw ItemFileFault(
                line: first + 1,
                "the front matter has more than \(Self.mostBytes / 1000) KB; move the long text below it, as the summary"
            )
        }
        entries = try Self.entries(yaml, from: first + 1)
        body = lines[(last + 1)...].joined(separator: "\n")
        bodyLine = (lines[(last + 1)...].firstIndex { !$0.isBlank } ?? last) + 1
    }

    /// The fields of `yaml`, which has `offset` lines before it in the file.
    private static func entries(_ yaml: String, from offset: Int) throws(ItemFileFault) -> [ItemFileNode.Entry] {
        do {
            let root = try ItemFileNode.document(in: yaml) { ($0?.line ?? 0) + offset }
            guard let root, !root.isEmpty else { return [] }
            if case .mapping(let entries) = root.content { return entries }
            throw ItemFileFault(
                line: root.place, "is not a field; write each as key: value, as title: Spring meeting")
        } catch let fault as YAMLFault {
            throw Self.fault(fault, in: yaml, from: offset)
        } catch let fault as ItemFileFault {
            throw fault
        } catch {
            throw ItemFileFault(line: offset + 1, "the front matter cannot be read: \(error)")
        }
    }

    private static let anchorMessage =
        "begins with & or *, which YAML takes for an anchor or an alias; put the value in quotes"

    // MARK: Messages

    private static func fault(_ fault: YAMLFault, in yaml: String, from offset: Int) -> ItemFileFault {
        let line = (fault.position?.line ?? 1) + offset
        switch fault.reason {
        case .anchor, .alias: return ItemFileFault(line: line, anchorMessage)
        case .tag:
            return ItemFileFault(line: line, "begins with !, which YAML takes for a tag; put the value in quotes")
        case .keyIsNoScalar:
            return ItemFileFault(line: line, "has a key that is not a word; write each field as key: value")
        case .repeatedKey(let key, _, _):
            return ItemFileFault(line: line, field: shortened(key), "is given twice; keep one of them")
        case .secondDocument: return ItemFileFault(line: line, remedy("", line: ""))
        case .syntax(let problem, let opened):
            // A quotation mark that is never closed is found at the end, and meant where it was opened.
            let number = problem.contains("unexpected end") ? (opened ?? fault.position)?.line : fault.position?.line
            return ItemFileFault(
                line: (number ?? 1) + offset, remedy(problem, line: Self.line(number ?? 1, of: yaml)))
        case .unreadable:
            return ItemFileFault(line: offset + 1, "the front matter cannot be read; write each field as key: value")
        }
    }

    private static func line(_ number: Int, of yaml: String) -> Substring {
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1) ? lines[number - 1] : ""
    }

    private static func remedy(_ problem: String, line: Substring) -> String {
        if problem.contains("alias") || problem.contains("anchor") { return anchorMessage }
        if problem.contains("mapping values are not allowed") {
            return "has a colon and a space within a value; put the value in quotes"
        }
        if problem.contains("cannot start any token") {
            return line.contains("\t")
                ? "is indented with a tab; use spaces"
                : "has a value that begins with a sign that YAML keeps for itself; put the value in quotes"
        }
        if problem.contains("unexpected end of stream") || problem.contains("unexpected document indicator") {
            return "has a quotation mark that is opened and not closed; close it"
        }
        if problem.contains("unknown escape") {
            return "has a backslash within double quotes; use single quotes, or write \\\\"
        }
        if problem.contains("nesting") || problem.contains("depth") {
            return "is nested far too deeply; an item needs two levels"
        }
        return
            "is not as a field should be; write key: value, with the value in quotes where it holds signs such as : # [ {"
    }
}

extension Substring {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

    /// A line of three hyphens, with or without white space after them.
    fileprivate var isFence: Bool { hasPrefix("---") && dropFirst(3).isBlank }
}
