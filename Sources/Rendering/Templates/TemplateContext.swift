import Bulletin
import Mustache

/// One level of a template's values, with every name of its shape present, so that a missing value is empty and never
/// inherited from the level above.
struct TemplateContext {
    enum Value {
        case text(String?)
        /// HTML that we made from escaped parts; only this may be used in triple braces.
        case markup(String?)
        case flag(Bool)
        case list([TemplateContext])
        case lines([String])
        case templateContext(TemplateContext?)
    }

    let values: [String: Any]

    init(_ shape: TemplateSchema.Shape, _ values: [String: Value]) {
        var all = Dictionary(uniqueKeysWithValues: shape.names.map { ($0.key, Absent() as Any) })
        for (name, value) in values {
            precondition(all[name] != nil, "\(name) is missing from TemplateSchema")
            all[name] = Self.plain(value)
        }
        self.values = all
    }

    private static func plain(_ value: Value) -> Any {
        switch value {
        case .text(let text): text.map { $0.isEmpty ? Absent() : Words(description: $0) as Any } ?? Absent()
        case .markup(let text): text.map { $0.isEmpty ? Absent() : $0 as Any } ?? Absent()
        case .flag(let flag): flag
        case .list(let frames): frames.map(\.values)
        case .lines(let lines): lines.map(Words.init)
        case .templateContext(let templateContext): templateContext.map { $0.values as Any } ?? Absent()
        }
    }
}

/// A name without a value: rendered as nothing, its section left out.
private struct Absent: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}

/// A text value, with the transforms that templates of the text part may call on it.
private struct Words: CustomStringConvertible, MustacheTransformable {
    let description: String

    func transform(_ name: String) -> Any? {
        switch name {
        case "underlined": Words(description: WrappedText.underlined(description, with: "-"))
        case "doubleUnderlined": Words(description: WrappedText.underlined(description, with: "="))
        default: description.transform(name)
        }
    }
}
