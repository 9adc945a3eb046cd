package import Basics
import Bulletin
import StrictYAML

/// Reads an item that an editor wrote, as Markdown with front matter or as JSON, into an ``ItemDraft``.
package enum ItemReader {
    /// The most bytes that an item's file may have.
    package static let mostBytes = 1_000_000

    /// The draft that `bytes` hold. JSON is known by `{` as its first character that is not blank.
    ///
    /// Throws every fault of the file; faults of the item itself are found by
    /// ``ItemDraft/item(id:uid:kind:now:by:defaultZone:source:)``.
    package static func read(_ bytes: [UInt8]) throws(Problems) -> ItemDraft {
        do {
            let text = try text(of: bytes)
            let first = text.first { !$0.isWhitespace }
            guard let first else { throw ItemFileFault(line: nil, "the file is empty; write the item into it") }
            if first == "{" { return try draft(try JSONReader.entries(text), body: nil) }
            let matter = try FrontMatter(text)
            return try draft(matter.entries, body: (matter.body, matter.bodyLine))
        } catch let fault as ItemFileFault {
            throw Problems([Problem(field: fault.field, message: fault.message, line: fault.line)])
        } catch let problems as Problems {
            throw problems
        } catch {
            throw Problems([Problem(field: "", message: "the file cannot be read: \(error)")])
        }
    }

    // MARK: Bytes to text

    /// The text with line feeds at its line ends and without a byte order mark.
    private static func text(of bytes: [UInt8]) throws(ItemFileFault) -> String {
        guard bytes.count <= mostBytes else {
            throw ItemFileFault(
                line: nil,
                "the file has more than \(mostBytes / 1_000_000) MB, too much for one item; is it the right one?")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw ItemFileFault(line: nil, "the file is UTF-16; save it as UTF-8")
        }
        guard let whole = String(validating: bytes, as: UTF8.self) else {
            throw ItemFileFault(line: lineOfFault(in: bytes), "is not text in UTF-8; save the file as UTF-8")
        }
        let unmarked = whole.unicodeScalars.first == "\u{FEFF}" ? String(whole.unicodeScalars.dropFirst()) : whole
        let text =
            unmarked.utf8.contains(0x0D)
            ? unmarked.replacing("\r\n", with: "\n").replacing("\r", with: "\n") : unmarked
        if let unfit = UnfitCharacter.first(in: text, oneLine: false) {
            throw ItemFileFault(line: unfit.line, "has \(unfit) in it; take it out")
        }
        return text
    }

    /// The line of the first byte that is not UTF-8.
    private static func lineOfFault(in bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" { line += 1 }
        }
        return line
    }

    // MARK: Entries to a draft

    private static func draft(_ entries: [ItemFileNode.Entry], body: (text: String, line: Int)?) throws(Problems)
        -> ItemDraft
    {
        var draft = ItemDraft()
        var problems: [Problem] = []
        var seen: Set<String> = []
        for entry in entries {
            guard ItemField.groups.contains(entry.key), case .mapping(let parts) = entry.value.content else {
                put(entry, as: entry.key, into: &draft, &problems, &seen)
                continue
            }
            for part in parts { put(part, as: "\(entry.key).\(part.key)", into: &draft, &problems, &seen) }
        }
        if let body, body.text.contains(where: { !$0.isWhitespace }) {
            if draft[field: "summary"] == nil {
                let summary = ItemFileNode.text(body.text, at: body.line)
                put(
                    ItemFileNode.Entry(key: "summary", place: body.line, value: summary), as: "summary",
                    into: &draft, &problems, &seen)
            } else {
                problems.append(
                    Problem(
                        field: "summary", message: "is given twice, as a field and as the text below; keep one of them",
                        line: body.line))
            }
        }
        guard problems.isEmpty else { throw Problems(problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }) }
        return draft
    }

    private static func put(
        _ entry: ItemFileNode.Entry, as name: String, into draft: inout ItemDraft, _ problems: inout [Problem],
        _ seen: inout Set<String>
    ) {
        func refuse(_ message: String) { problems.append(Problem(field: name, message: message, line: entry.place)) }
        guard seen.insert(name).inserted else { return refuse("is given twice; keep one of them") }
        do throws(Problems) {
            switch entry.value.content {
            case .scalar where entry.value.isEmpty:
                // A key left blank, as in a form that was not filled in, gives nothing; a wrong key is wrong all the
                // same.
                if !ItemField.groups.contains(name) { try draft.set(name, to: "", line: entry.place) }
            case .scalar(let text, _): try draft.set(name, to: text, line: entry.place)
            case .list(let values):
                var texts: [String] = []
                for value in values {
                    switch value.content {
                    case .scalar where value.isEmpty: continue
                    case .scalar(let text, _): texts.append(text)
                    case .list, .mapping: return refuse("takes a list of texts, and one of these is \(value.shape)")
                    }
                }
                if ItemField.groups.contains(name) { throw Problems([ItemDraft.unknown(name, line: entry.place)]) }
                try draft.set(name, to: texts, line: entry.place)
            case .mapping:
                if ItemField.named(name) != nil { return refuse("takes a text, not fields beneath it") }
                try draft.set(name, to: "", line: entry.place)
            }
        } catch {
            problems += error.all
        }
    }
}
