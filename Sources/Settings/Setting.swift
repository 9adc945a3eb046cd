import StrictYAML

/// One row of the table: a key of the file, its format, and its property in `Root`.
struct Setting<Root>: Sendable {
    typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

    /// The key as the file has it.
    let name: String
    /// Reads the value, where there is one, into `Root`, and notes its faults in the reader.
    let fill: @Sendable (SettingNode?, SettingPath, inout Root, inout SettingsReader) -> Void
    /// The rows of the documentation, for a key whose section has that path.
    let documentation: @Sendable (_ section: String) -> [SettingDoc]

    /// A key with one value. Without `fallback` it is required.
    static func one<Value>(
        _ name: String, _ target: Path<Value>, _ format: SettingFormat<Value>, default fallback: String? = nil,
        _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, reader in
            if let value = reader.scalar(written, path, format) {
                root[keyPath: target] = value
            } else if written == nil {
                guard let fallback else { return reader.missing(path, format.kind) }
                guard let value = try? format.read(fallback) else { preconditionFailure("\(path.shown): \(fallback)") }
                root[keyPath: target] = value
            }
        } documentation: { section in
            [SettingDoc(section, name, format.kind, fallback: fallback, required: fallback == nil, doc)]
        }
    }

    /// A key with one value that may be left out; `absent` says what holds then.
    static func optional<Value>(
        _ name: String, _ target: Path<Value?>, _ format: SettingFormat<Value>, absent: String = "none", _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, reader in
            if let value = reader.scalar(written, path, format) { root[keyPath: target] = value }
        } documentation: { section in
            [SettingDoc(section, name, format.kind, fallback: absent, required: false, doc)]
        }
    }

    /// A key with one value whose default is worked out from other keys after all are read; `from` says how.
    static func derived<Value>(
        _ name: String, _ target: Path<Value>, _ format: SettingFormat<Value>, from: String, _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, reader in
            if let value = reader.scalar(written, path, format) { root[keyPath: target] = value }
        } documentation: { section in
            [SettingDoc(section, name, format.kind, fallback: from, required: false, doc)]
        }
    }

    /// A key with a list of values.
    static func list<Value>(
        _ name: String, _ target: Path<[Value]>, _ format: SettingFormat<Value>, default fallback: [String] = [],
        _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, reader in
            let elements =
                written.map { reader.elements($0, path, of: format.kind) }
                ?? fallback.map { SettingNode.text($0, at: reader.file) }
            root[keyPath: target] = elements.compactMap { reader.scalar($0, path, format) }
        } documentation: { section in
            let shown = "[\(fallback.joined(separator: ", "))]"
            return [SettingDoc(section, name, "a list, each \(format.kind)", fallback: shown, isList: true, doc)]
        }
    }

    /// A section of keys.
    static func section<Part>(_ name: String, _ target: Path<Part>, _ rows: [Setting<Part>]) -> Setting {
        Setting(name: name) { written, path, root, reader in
            reader.mapping(written, path, rows, into: &root[keyPath: target])
        } documentation: { section in
            rows.flatMap { $0.documentation(section + name + ".") }
        }
    }

    /// A section that may be left out as a whole.
    static func optionalSection<Part: Sendable>(
        _ name: String, _ target: Path<Part?>, blank: Part, _ rows: [Setting<Part>]
    ) -> Setting {
        Setting(name: name) { written, path, root, reader in
            guard let written, !written.isEmpty else { return }
            var part = blank
            reader.mapping(written, path, rows, into: &part)
            root[keyPath: target] = part
        } documentation: { section in
            rows.flatMap { $0.documentation(section + name + ".") }
        }
    }

    /// A list of sections; with `oneWillDo`, a section without the list, and at least one of them unless it
    /// `mayBeAbsent`.
    static func sections<Part: Sendable>(
        _ name: String, _ target: Path<[Part]>, blank: Part, oneWillDo: Bool = false,
        mayBeAbsent: Bool = false, _ rows: [Setting<Part>]
    ) -> Setting {
        Setting(name: name) { written, path, root, reader in
            if mayBeAbsent, written?.isEmpty ?? true { return }
            if mayBeAbsent, case .list(let items) = written?.content, items.isEmpty { return }
            var elements: [SettingNode?] = []
            if let written, case .list(let items) = written.content {
                elements = items
                if items.isEmpty && oneWillDo { reader.fault(written, path, "is an empty list: write one at least") }
            } else if oneWillDo {
                elements = [written]
            } else if let written {
                elements = reader.elements(written, path, of: "section")
            }
            root[keyPath: target] = elements.enumerated().map { index, element in
                var part = blank
                reader.mapping(element, path.element(index), rows, into: &part)
                return part
            }
        } documentation: { section in
            rows.flatMap { $0.documentation(section + name + (oneWillDo ? "." : "[].")) }
        }
    }
}

/// A key's full name: as people read it, and with the index of each list on the way, which no two places share.
struct SettingPath: Hashable, Sendable {
    var shown = ""
    var key = ""

    func appending(_ name: String) -> SettingPath {
        let dot = shown.isEmpty ? "" : "."
        return SettingPath(shown: shown + dot + name, key: key + dot + name)
    }

    func element(_ index: Int) -> SettingPath { SettingPath(shown: shown, key: "\(key)[\(index)]") }
}

/// The documentation of one key.
package struct SettingDoc: Hashable, Sendable {
    /// `schedule.everyWeeks`; `schedule.exceptions[].date` for a key of a list's elements.
    package let path: String
    /// Its format, with unit and bounds: `a whole number from 1 to 52 (weeks)`.
    package let kind: String
    /// As it would be written, or in words where it follows from other keys; nil where the key is required.
    package let fallback: String?
    package let required: Bool
    package let doc: String
    /// The environment variable that overrides it; nil for lists and their entries.
    package let variable: String?

    init(
        _ section: String, _ name: String, _ kind: String, fallback: String?, required: Bool = false,
        isList: Bool = false, _ doc: String
    ) {
        path = section + name
        (self.kind, self.fallback, self.required, self.doc) = (kind, fallback, required, doc)
        variable =
            isList || section.contains("[")
            ? nil : "FORTNIGHT_" + path.uppercased().split(separator: ".").joined(separator: "_")
    }
}
