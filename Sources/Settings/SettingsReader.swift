import Basics
import Bulletin
import Foundation
import StrictYAML

/// Reads the tree of the file by the table, and notes faults and the place of each key.
struct SettingsReader: Sendable {
    let file: ConfigurationFault.Place
    private(set) var faults: [ConfigurationFault.Fault] = []
    private var places: [String: ConfigurationFault.Place] = [:]
    private var faulty: Set<String> = []

    init(file: ConfigurationFault.Place) { self.file = file }

    mutating func fault(_ written: SettingNode, _ path: SettingPath, _ message: String) {
        faulty.insert(path.key)
        faults.append(.init(place: written.place, message: "\(path.shown): \(message)"))
    }

    /// A fault found after all keys were read, at the place of the first of these keys that was written.
    mutating func fault(at keys: String..., saying message: String) {
        let place = keys.compactMap { places[$0] }.first
        faulty.formUnion(keys)
        faults.append(.init(place: place ?? file, message: message))
    }

    func isWritten(_ key: String) -> Bool { places[key] != nil }

    /// Whether none of these keys, or of the keys below them, has a fault so far.
    func isSound(_ keys: String...) -> Bool {
        !faulty.contains { key in
            keys.contains { key == $0 || key.hasPrefix($0 + ".") || key.hasPrefix($0 + "[") }
        }
    }

    mutating func missing(_ path: SettingPath, _ kind: String) {
        faulty.insert(path.key)
        let section = path.key.range(of: ".", options: .backwards).map { String(path.key[..<$0.lowerBound]) }
        let place = section.flatMap { places[$0] } ?? file
        faults.append(.init(place: place, message: "\(path.shown) is missing: write \(kind)"))
    }

    /// The value of a scalar; nil where there is none, or where it is wrong, which is noted.
    mutating func scalar<Value>(_ written: SettingNode?, _ path: SettingPath, _ format: SettingFormat<Value>) -> Value?
    {
        guard let written else { return nil }
        places[path.key] = written.place
        guard case .scalar(let text, let plain) = written.content else {
            fault(written, path, "is a \(written.shape), not a single value: write \(format.kind)")
            return nil
        }
        guard !(plain && text.isEmpty) else {
            fault(written, path, "has no value: write \(format.kind), or remove the line")
            return nil
        }
        do {
            return try format.read(text)
        } catch {
            fault(written, path, error.message)
            return nil
        }
    }

    /// The elements of a list; none where it is no list, which is noted.
    mutating func elements(_ written: SettingNode, _ path: SettingPath, of kind: String) -> [SettingNode] {
        places[path.key] = written.place
        if case .list(let elements) = written.content { return elements }
        guard !written.isEmpty else { return [] }
        fault(written, path, "is a \(written.shape), not a list: write [a, b], or a line \"- a\" for each (\(kind))")
        return []
    }

    /// Reads the keys of a section by its rows, and notes those that it has no row for.
    mutating func mapping<Part>(
        _ written: SettingNode?, _ path: SettingPath, _ rows: [Setting<Part>], into part: inout Part
    ) {
        var entries: [SettingNode.Entry] = []
        if let written {
            places[path.key] = written.place
            if case .mapping(let found) = written.content {
                entries = found
            } else if !written.isEmpty {
                let keys = rows.map(\.name).joined(separator: ", ")
                fault(written, path, "is a \(written.shape), not a section: write its keys below it (\(keys))")
                return
            }
        }
        for entry in entries where !rows.contains(where: { $0.name == entry.key }) {
            faults.append(.init(place: entry.place, message: unknown(entry.key, path, rows.map(\.name))))
        }
        for row in rows {
            let value = entries.first { $0.key == row.name }?.value
            row.fill(value, path.appending(row.name), &part, &self)
        }
    }

    private func unknown(_ key: String, _ path: SettingPath, _ names: [String]) -> String {
        let place = path.shown.isEmpty ? "this file" : path.shown
        let subject = "\"\(legible(key))\" is no key of \(place)"
        if key == "<<" { return subject + ": merge keys are not read; write the keys out" }
        if let near = nearestName(to: key, among: names) { return subject + ": did you mean \"\(near)\"?" }
        let homes = Configuration.reference.filter { $0.path.hasSuffix("." + key) && !$0.path.contains("[") }
        if let home = homes.first?.path.dropLast(key.count + 1) {
            return subject + ": it belongs under \"\(home)\""
        }
        return subject + ": its keys are \(names.joined(separator: ", "))"
    }
}

extension SettingNode {
    fileprivate var shape: String {
        switch content {
        case .scalar: "single value"
        case .list: "list"
        case .mapping: "section"
        }
    }
}

/// A text from the file, short and on one line, fit to stand in a message.
package func legible(_ text: String) -> String {
    let kept = text.unicodeScalars.prefix(60).map { scalar in
        scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
    }
    return String(String.UnicodeScalarView(kept)) + (text.unicodeScalars.count > 60 ? "…" : "")
}
