/// The rules that an item is checked by before it is rendered, for problems that readers would have. Named in
/// `check.blocking`.
package enum CheckRule: String, Sendable, Hashable, CaseIterable, Codable {
    case pictureAlternative = "picture-alternative"
    case linkWords = "link-words"
    case linkTarget = "link-target"
    case shouting
    case access
    case noComputer = "no-computer"
    case weekday
    case duplicate
    case length
    case acronym
    case sentence
    case readingAge = "reading-age"

    /// Only a person can judge these: they are reported, and never hold an issue.
    package var isAdvice: Bool {
        switch self {
        case .acronym, .sentence, .readingAge: true
        default: false
        }
    }

    /// The problem it finds, in one line.
    package var doc: String {
        switch self {
        case .pictureAlternative: "a picture without a description for people who cannot see it"
        case .linkWords: "a link whose words are \"here\", or the bare address"
        case .linkTarget: "a link that looks dead, or is not https"
        case .shouting: "words in capitals"
        case .access: "an event or meeting at a place, without its access described"
        case .noComputer: "an event or meeting that nobody can take part in without a computer"
        case .weekday: "a date whose day of the week is wrong"
        case .duplicate: "an item that is queued already"
        case .length: "a summary that is too long"
        case .acronym: "an acronym that is not explained"
        case .sentence: "a sentence that is too long to follow"
        case .readingAge: "a summary that is hard to read"
        }
    }
}

/// A check's finding in one item: the field, the problem and the remedy, in one line.
package struct CheckFinding: Hashable, Sendable {
    package let item: ItemID
    package let rule: CheckRule
    /// As in ``Problem/field``.
    package let field: String
    package let message: String

    package init(item: ItemID, rule: CheckRule, field: String, message: String) {
        (self.item, self.rule, self.field, self.message) = (item, rule, field, message)
    }
}
