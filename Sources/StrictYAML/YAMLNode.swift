/// A value of a YAML document and its place in the file. JSON is read into the same tree.
package struct YAMLNode<Place: Sendable>: Sendable {
    package enum Content: Sendable {
        /// The source text, whatever YAML would make of it: `No` stays `No`.
        case scalar(String, plain: Bool)
        case list([YAMLNode])
        case mapping([Entry])
    }

    package struct Entry: Sendable {
        package let key: String
        package let place: Place
        package var value: YAMLNode

        package init(key: String, place: Place, value: YAMLNode) {
            (self.key, self.place, self.value) = (key, place, value)
        }
    }

    package let place: Place
    package var content: Content

    package init(_ content: Content, at place: Place) { (self.content, self.place) = (content, place) }

    /// A text in quotation marks.
    package static func text(_ text: String, at place: Place) -> YAMLNode {
        YAMLNode(.scalar(text, plain: false), at: place)
    }

    /// Nothing after the key.
    package static func nothing(at place: Place) -> YAMLNode { YAMLNode(.scalar("", plain: true), at: place) }

    /// Whether nothing stands after the key.
    package var isEmpty: Bool {
        if case .scalar(let text, plain: true) = content { text.isEmpty } else { false }
    }
}

/// Line and column, from 1; columns in Unicode scalars.
package struct YAMLPosition: Hashable, Sendable {
    package let line: Int
    package let column: Int
}

/// Why a text is not read as YAML. Each kind of file has its own words for it.
package struct YAMLFault: Error, Hashable {
    package enum Reason: Hashable, Sendable {
        /// `&name`
        case anchor
        /// `*name`
        case alias
        /// `!name`
        case tag
        /// The key of a mapping is a list or a mapping.
        case keyIsNoScalar
        /// The key stands in that line already. `isFound` is false where the position is that of the first again.
        case repeatedKey(String, firstLine: Int, isFound: Bool)
        case secondDocument
        /// Not YAML, in libyaml's words; `opened` is where the construct begins that the parser was in.
        case syntax(String, opened: YAMLPosition?)
        case unreadable(String)
    }

    package let reason: Reason
    /// Nil for the whole text.
    package let position: YAMLPosition?
}
