/// What an item is checked for before it is printed: what readers would stumble over. Named in `check.blocking`.
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

    /// Only a person can judge these: they are said, and never hold an issue.
    package var isAdvice: Bool {
        switch self {
        case .acronym, .sentence, .readingAge: true
        default: false
        }
    }

    /// What it looks for, in one line.
    package var doc: String {
        switch self {
        case .pictureAlternative: "a picture without words for those who cannot see it"
        case .linkWords: "a link whose words are \"here\", or the bare address"
        case .linkTarget: "a link that looks dead, or is not https"
        case .shouting: "words in capitals"
        case .access: "an event or meeting at a place, without a word on how to get in and about"
        case .noComputer: "an event or meeting that nobody can take part in without a computer"
        case .weekday: "a date whose day of the week is wrong"
        case .duplicate: "an item that is there already"
        case .length: "a summary that is too long"
        case .acronym: "letters that stand for words, and are not explained"
        case .sentence: "a sentence that is too long to follow"
        case .readingAge: "a summary that is hard to read"
        }
    }
}

/// What a check found in one item: the field, what is wrong and the remedy, in one line.
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
