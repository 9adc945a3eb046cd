/// Every name that a template may use, by the level it stands on. Whoever changes a template needs this list, and
/// ``TemplateCheck`` holds templates to it.
enum TemplateSchema {
    enum Kind: Sendable {
        /// Words, escaped wherever they stand.
        case text
        /// Ready-made HTML, or the lines of a text part: the only kind that may stand between three braces.
        case markup
        /// A section of it is shown or not.
        case flag
        /// A section of it opens the level of that name, once or for each.
        case level
        /// A section of it is repeated, `{{.}}` being the line.
        case lines
    }

    enum Shape: CaseIterable {
        case issue, part, item, when, change, place, online, takingPart, picture, page, shelved
        case correction, correctionMail, hit, letter

        var names: [String: Kind] {
            switch self {
            case .issue: TemplateSchema.masthead.merging(TemplateSchema.issue) { $1 }
            case .correction: TemplateSchema.correction
            case .correctionMail: TemplateSchema.masthead.merging(TemplateSchema.correctionMail) { $1 }
            case .part: TemplateSchema.part
            case .item: TemplateSchema.item
            case .when: TemplateSchema.when
            // `was` is the time that readers were told first.
            case .change: ["isMoved": .flag, "was": .text, "why": .text]
            case .place: ["name": .text, "address": .text, "access": .text]
            case .online:
                [
                    "dialIn": .text, "dialInLink": .text, "meetingID": .text, "link": .text, "linkLabel": .text,
                ]
            case .takingPart: TemplateSchema.takingPart
            case .picture: ["address": .text, "alternative": .text, "credit": .text]
            case .page: TemplateSchema.masthead.merging(TemplateSchema.page) { $1 }
            case .hit: ["title": .text, "date": .text, "address": .text]
            case .letter: TemplateSchema.masthead.merging(TemplateSchema.letter) { $1 }
            case .shelved: ["number": .text, "date": .text, "title": .text, "address": .text]
            }
        }
    }

    /// What stands in every edition and on every page.
    private static let masthead: [String: Kind] = [
        "name": .text, "publisher": .text, "postalAddress": .text, "phone": .text, "phoneLink": .text,
        // The number that takes text messages; no link, for a tap would call it.
        "textNumber": .text,
        "email": .text, "emailLink": .text,
        // Where any mail is a wish to get the bulletin, or to leave it; none where no mailbox is read.
        "joinEmail": .text, "joinEmailLink": .text, "leaveEmail": .text, "leaveEmailLink": .text,
        // For the attributes `lang` and `dir`.
        "language": .text, "direction": .text,
        // `web.publicURL`, and the path in it that pages of the same site begin with: empty, or `/bulletin`.
        "publicURL": .text, "base": .text,
    ]

    private static let issue: [String: Kind] = [
        "number": .text, "date": .text, "subject": .text,
        // The line that inboxes show beside the subject.
        "preheader": .text,
        "introduction": .markup, "parts": .level, "isEmpty": .flag,
        // What was put right since, in the web edition only.
        "corrections": .level,
        // The page of the archive, its form without markup, and what a person reads of its address.
        "issueURL": .text, "issueLabel": .text, "issueTextURL": .text,
        // The reader's own link, in mail only.
        "leave": .markup,
    ]

    /// `itemURL` leads to the item it is about, `label` names it; `words` is what is put right, on the day `date`.
    private static let correction: [String: Kind] = [
        "date": .text, "label": .text, "itemURL": .text, "words": .markup,
    ]

    /// The mail of a correction: `items` is the one it is about, as it now stands, or none; `date` is the issue's.
    private static let correctionMail: [String: Kind] = [
        "number": .text, "date": .text, "subject": .text, "preheader": .text, "label": .text, "words": .markup,
        "items": .level, "issueURL": .text, "issueLabel": .text, "leave": .markup,
    ]

    private static let part: [String: Kind] = [
        "isMeetings": .flag, "isEvents": .flag, "isNotices": .flag, "partAnchor": .text, "items": .level,
    ]

    private static let item: [String: Kind] = [
        "id": .text, "title": .text,
        // The title, told apart from other items of the same title.
        "label": .text,
        // The label has the date in it.
        "isDated": .flag,
        "organiser": .text, "topics": .lines, "when": .level, "place": .level, "online": .level,
        "takingPart": .level, "change": .level, "isCancelled": .flag, "alsoOn": .lines,
        "support": .text,
        "picture": .level, "summary": .markup,
        // The summary was cut to keep the mail small; `itemURL` has the rest.
        "isCut": .flag, "itemURL": .text,
        // Its calendar entry; none for what has no time.
        "calendarURL": .text,
        // What was put right about it since, in the web edition only.
        "corrections": .level,
    ]

    /// `endDate` where it ends on another day, `zone` where clocks there differ from the bulletin's, `machine` for the
    /// attribute `datetime`.
    private static let when: [String: Kind] = [
        "date": .text, "starts": .text, "endDate": .text, "ends": .text, "zone": .text, "machine": .text,
    ]

    private static let takingPart: [String: Kind] = [
        "phone": .text, "phoneLink": .text, "textNumber": .text, "letter": .text, "email": .text, "emailLink": .text,
        "link": .text, "linkLabel": .text,
    ]

    private static let page: [String: Kind] = [
        // Where the form of a page sends its answer.
        "action": .text,
        "issues": .level,
        // The address and the name that somebody gave, what was wrong with it, and the words of consent.
        "given": .text, "givenName": .text, "error": .text, "wording": .text,
        // How many days a personal link works.
        "linkDays": .text,
        // A subscriber's choices as they stand.
        "isSaved": .flag, "isTextOnly": .flag, "pausedUntil": .text,
        // Why something is not taken.
        "isTooLarge": .flag, "isTooSlow": .flag, "isOther": .flag,
        // How long what is known of who left is kept, and whether the network of a sign-up is.
        "keepUnsubscribed": .text, "recordsOrigin": .flag,
        // What was searched for, what came of it in words, and where it stands.
        "query": .text, "found": .text, "hits": .level,
    ]

    /// A letter to one subscriber: `link` is their own, which works for `linkDays` days; `newAddress` is where the bulletin
    /// goes now, as much of it as a stranger may see; `joinAddress` and `leaveAddress` are where mail joins and leaves;
    /// `byMail` where an answer confirms as well.
    private static let letter: [String: Kind] = [
        "link": .text, "linkDays": .text, "newAddress": .text, "joinAddress": .text, "leaveAddress": .text,
        "byMail": .flag,
    ]

    /// What may be called on a name: `{{underlined(title)}}`.
    static let transforms: Set<String> = ["underlined", "doubleUnderlined", "empty", "count", "first", "last"]

    /// The kinds that a name has on one level or another; nil where no level has it.
    static func kinds(of name: String) -> Set<Kind>? { known[name] }

    static var allNames: [String] { known.keys.sorted() }

    private static let known: [String: Set<Kind>] = Shape.allCases.reduce(into: [:]) { known, shape in
        for (name, kind) in shape.names { known[name, default: []].insert(kind) }
    }
}
