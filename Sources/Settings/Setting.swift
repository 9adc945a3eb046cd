/// One row of the table: a key of the file, what it may hold, and where in `Root` it goes.
struct Setting<Root>: Sendable {
    typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

    /// The key as the file has it.
    let name: String
    /// Reads the value, where there is one, into `Root`; what is wrong with it goes into the findings.
    let fill: @Sendable (Written?, SettingPath, inout Root, inout Findings) -> Void
    /// The rows of the documentation, for a key whose section has that path.
    let documentation: @Sendable (_ section: String) -> [SettingDoc]

    /// A key with one value. Without `fallback` it is required.
    static func one<Value>(
        _ name: String, _ target: Path<Value>, _ form: Form<Value>, default fallback: String? = nil, _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, findings in
            if let value = findings.scalar(written, path, form) {
                root[keyPath: target] = value
            } else if written == nil {
                guard let fallback else { return findings.missing(path, form.kind) }
                guard let value = try? form.read(fallback) else { preconditionFailure("\(path.shown): \(fallback)") }
                root[keyPath: target] = value
            }
        } documentation: { section in
            [SettingDoc(section, name, form.kind, fallback: fallback, required: fallback == nil, doc)]
        }
    }

    /// A key with one value that may be left out; `absent` says what holds then.
    static func optional<Value>(
        _ name: String, _ target: Path<Value?>, _ form: Form<Value>, absent: String = "none", _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, findings in
            if let value = findings.scalar(written, path, form) { root[keyPath: target] = value }
        } documentation: { section in
            [SettingDoc(section, name, form.kind, fallback: absent, required: false, doc)]
        }
    }

    /// A key with one value whose default is worked out from other keys after all are read; `from` says how.
    static func derived<Value>(
        _ name: String, _ target: Path<Value>, _ form: Form<Value>, from: String, _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, findings in
            if let value = findings.scalar(written, path, form) { root[keyPath: target] = value }
        } documentation: { section in
            [SettingDoc(section, name, form.kind, fallback: from, required: false, doc)]
        }
    }

    /// A key with a list of values.
    static func list<Value>(
        _ name: String, _ target: Path<[Value]>, _ form: Form<Value>, default fallback: [String] = [], _ doc: String
    ) -> Setting {
        Setting(name: name) { written, path, root, findings in
            let elements =
                written.map { findings.elements($0, path, of: form.kind) }
                ?? fallback.map { Written.text($0, at: findings.file) }
            root[keyPath: target] = elements.compactMap { findings.scalar($0, path, form) }
        } documentation: { section in
            let shown = "[\(fallback.joined(separator: ", "))]"
            return [SettingDoc(section, name, "a list, each \(form.kind)", fallback: shown, isList: true, doc)]
        }
    }

    /// A section of keys.
    static func section<Part>(_ name: String, _ target: Path<Part>, _ rows: [Setting<Part>]) -> Setting {
        Setting(name: name) { written, path, root, findings in
            findings.mapping(written, path, rows, into: &root[keyPath: target])
        } documentation: { section in
            rows.flatMap { $0.documentation(section + name + ".") }
        }
    }

    /// A section that may be left out as a whole.
    static func optionalSection<Part: Sendable>(
        _ name: String, _ target: Path<Part?>, blank: Part, _ rows: [Setting<Part>]
    ) -> Setting {
        Setting(name: name) { written, path, root, findings in
            guard let written, !written.isEmpty else { return }
            var part = blank
            findings.mapping(written, path, rows, into: &part)
            root[keyPath: target] = part
        } documentation: { section in
            rows.flatMap { $0.documentation(section + name + ".") }
        }
    }

    /// A list of sections; with `oneWillDo`, a section without the list, and at least one of them unless it `mayBeAbsent`.
    static func sections<Part: Sendable>(
        _ name: String, _ target: Path<[Part]>, blank: Part, oneWillDo: Bool = false,
        mayBeAbsent: Bool = false, _ rows: [Setting<Part>]
    ) -> Setting {
        Setting(name: name) { written, path, root, findings in
            if mayBeAbsent, written?.isEmpty ?? true { return }
            if mayBeAbsent, case .list(let items) = written?.content, items.isEmpty { return }
            var elements: [Written?] = []
            if let written, case .list(let items) = written.content {
                elements = items
                if items.isEmpty && oneWillDo { findings.fault(written, path, "is an empty list: write one at least") }
            } else if oneWillDo {
                elements = [written]
            } else if let written {
                elements = findings.elements(written, path, of: "section")
            }
            root[keyPath: target] = elements.enumerated().map { index, element in
                var part = blank
                findings.mapping(element, path.element(index), rows, into: &part)
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

/// What the manual says about one key.
package struct SettingDoc: Hashable, Sendable {
    /// `schedule.everyWeeks`; `schedule.exceptions[].date` for a key of a list's elements.
    package let path: String
    /// What it may hold, with unit and bounds: `a whole number from 1 to 52 (weeks)`.
    package let kind: String
    /// As it would be written, or in words where it follows from other keys; nil where the key is required.
    package let fallback: String?
    package let required: Bool
    package let doc: String
    /// The environment variable that overrides it; nil for lists and what is in them.
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
