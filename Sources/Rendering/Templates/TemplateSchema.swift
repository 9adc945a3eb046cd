/// Every name that a template may use, by level. Authors of templates need this list, and ``TemplateCheck`` checks
/// templates against it.
enum TemplateSchema {
    enum Kind: Sendable {
        /// Text, escaped everywhere.
        case text
        /// Ready-made HTML, or the lines of a text part: the only kind allowed in triple braces.
        case markup
        /// Its section is shown or not.
        case flag
        /// Its section opens the level of that name, once or for each element.
        case level
        /// Its section is repeated for each line, `{{.}}`.
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
            // `was` is the time that readers were first told.
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

    /// The values in every edition and on every page.
    private static let masthead: [String: Kind] = [
        "name": .text, "publisher": .text, "postalAddress": .text, "phone": .text, "phoneLink": .text,
        // The number for text messages; no link, because a tap would call it.
        "textNumber": .text,
        "email": .text, "emailLink": .text,
        // The addresses to subscribe and unsubscribe by mail; empty if no mailbox is read.
        "joinEmail": .text, "joinEmailLink": .text, "leaveEmail": .text, "leaveEmailLink": .text,
        // For the attributes `lang` and `dir`.
        "language": .text, "direction": .text,
        // `web.publicURL`, and its path, with which links within the site begin: empty, or `/bulletin`.
        "publicURL": .text, "base": .text,
    ]

    private static let issue: [String: Kind] = [
        "number": .text, "date": .text, "subject": .text,
        // The line that mail programs show beside the subject.
        "preheader": .text,
        "introduction": .markup, "parts": .level, "isEmpty": .flag,
        // The corrections, in the web edition only.
        "corrections": .level,
        // The page in the archive, its plain text form, and its address as shown to readers.
        "issueURL": .text, "issueLabel": .text, "issueTextURL": .text,
        // The reader's own unsubscribe link, in mail only.
        "leave": .markup,
    ]

    /// `itemURL` leads to the item it is about, `label` names it; `words` is the text of the correction, made on the
    /// day `date`.
    private static let correction: [String: Kind] = [
        "date": .text, "label": .text, "itemURL": .text, "words": .markup,
    ]

    /// The mail of a correction: `items` is the item it is about, as it now stands, or empty; `date` is the issue's.
    private static let correctionMail: [String: Kind] = [
        "number": .text, "date": .text, "subject": .text, "preheader": .text, "label": .text, "words": .markup,
        "items": .level, "issueURL": .text, "issueLabel": .text, "leave": .markup,
    ]

    private static let part: [String: Kind] = [
        "isMeetings": .flag, "isEvents": .flag, "isNotices": .flag, "partAnchor": .text, "items": .level,
    ]

    private static let item: [String: Kind] = [
        "id": .text, "title": .text,
        // The title, made unique.
        "label": .text,
        // The label includes the date.
        "isDated": .flag,
        "organiser": .text, "topics": .lines, "when": .level, "place": .level, "online": .level,
        "takingPart": .level, "change": .level, "isCancelled": .flag, "alsoOn": .lines,
        "support": .text,
        "picture": .level, "summary": .markup,
        // The summary was cut to keep the mail small; `itemURL` has the rest.
        "isCut": .flag, "itemURL": .text,
        // Its calendar entry; empty for an item without a time.
        "calendarURL": .text,
        // The corrections to it, in the web edition only.
        "corrections": .level,
    ]

    /// `endDate` if it ends on another day, `zone` if clocks there differ from the bulletin's, `machine` for the
    /// attribute `datetime`.
    private static let when: [String: Kind] = [
        "date": .text, "starts": .text, "endDate": .text, "ends": .text, "zone": .text, "machine": .text,
    ]

    private static let takingPart: [String: Kind] = [
        "phone": .text, "phoneLink": .text, "textNumber": .text, "letter": .text, "email": .text, "emailLink": .text,
        "link": .text, "linkLabel": .text,
    ]

    private static let page: [String: Kind] = [
        // The address that the page's form posts to.
        "action": .text,
        "issues": .level,
        // The address and the name entered, the fault in the address, and the words of consent.
        "given": .text, "givenName": .text, "error": .text, "wording": .text,
        // The number of days that a personal link works.
        "linkDays": .text,
        // A subscriber's current choices.
        "isSaved": .flag, "isTextOnly": .flag, "pausedUntil": .text,
        // Why a request was refused.
        "isTooLarge": .flag, "isTooSlow": .flag, "isOther": .flag,
        // How long a former subscriber's record is kept, and whether the network address of a confirmation is.
        "keepUnsubscribed": .text, "recordsOrigin": .flag,
        // The search words, the result in words, and the matches.
        "query": .text, "found": .text, "hits": .level,
    ]

    /// A letter to one subscriber: `link` is their own, which works for `linkDays` days; `newAddress` is the new
    /// address, masked as a stranger may see it; `joinAddress` and `leaveAddress` are for joining and leaving by mail;
    /// `byMail` says whether a reply confirms too.
    private static let letter: [String: Kind] = [
        "link": .text, "linkDays": .text, "newAddress": .text, "joinAddress": .text, "leaveAddress": .text,
        "byMail": .flag,
    ]

    /// Transforms that may be called on a name: `{{underlined(title)}}`.
    static let transforms: Set<String> = ["underlined", "doubleUnderlined", "empty", "count", "first", "last"]

    /// The kinds of a name on any level; nil if no level has it.
    static func kinds(of name: String) -> Set<Kind>? { known[name] }

    static var allNames: [String] { known.keys.sorted() }

    private static let known: [String: Set<Kind>] = Shape.allCases.reduce(into: [:]) { known, shape in
        for (name, kind) in shape.names { known[name, default: []].insert(kind) }
    }
}
