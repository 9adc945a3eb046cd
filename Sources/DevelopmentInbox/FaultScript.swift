package import Foundation

/// Fault rules from a JSON file, for the program. Example:
///
///     {"seed": 7, "rules": [
///       {"when": "rcpt", "recipient": "gone*", "reply": {"code": 550, "enhanced": "5.1.1", "text": "Nobody here"}},
///       {"when": "mail", "every": 10, "delay": 2.5},
///       {"when": "finalDot", "probability": 0.01, "do": "acceptThenClose"},
///       {"when": "connect", "first": 3, "do": "shutDown"}
///     ]}
///
/// `when` is one of the stages of ``FaultStage``. A rule has one action: `reply`, `raw` (text), `delay` or `trickle`
/// (seconds), `overlong` (bytes), or `do` with `closeBeforeReply`, `closeAfterReply`, `acceptThenClose`, `shutDown` or
/// `silence`. `only` (a list), `every` or `first` say which events are meant.
package struct FaultScript: Sendable, Equatable {
    package var seed: UInt64
    package var rules: [FaultRule]

    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// - Throws: ``Fault``, which names the rule, counted from 1, and what is wrong with it.
    package init(json: Data) throws(Fault) {
        let parsed: Any
        do {
            parsed = try JSONSerialization.jsonObject(with: json)
        } catch {
            throw Fault(description: "The fault file is no JSON: \(error.localizedDescription)")
        }
        guard let whole = parsed as? [String: Any], let list = whole["rules"] as? [[String: Any]] else {
            throw Fault(description: "The fault file needs a list of objects named rules.")
        }
        if let key = whole.keys.sorted().first(where: { $0 != "seed" && $0 != "rules" }) {
            throw Fault(description: "The fault file has an unknown key \(key). Known are seed and rules.")
        }
        seed = (whole["seed"] as? NSNumber)?.uint64Value ?? 1
        rules = []
        for (index, fields) in list.enumerated() {
            do {
                rules.append(try Self.rule(RuleFields(fields)))
            } catch {
                throw Fault(description: "Rule \(index + 1): \(error.description)")
            }
        }
    }

    private static func rule(_ fields: RuleFields) throws(Fault) -> FaultRule {
        let stages = FaultStage.allCases.map(\.rawValue).joined(separator: ", ")
        guard let stage = try fields.text("when").flatMap(FaultStage.init(rawValue:)) else {
            throw Fault(description: "when is one of \(stages).")
        }
        var ordinal = FaultRule.Ordinal.any
        if let counts = try fields.counts("only") { ordinal = .only(counts) }
        if let step = try fields.number("every") { ordinal = .every(Int(step)) }
        if let most = try fields.number("first") { ordinal = .first(Int(most)) }
        let probability = try fields.number("probability") ?? 1
        guard (0...1).contains(probability) else { throw Fault(description: "probability is from 0 to 1.") }
        let action = try action(fields)
        try fields.finish()
        return FaultRule(
            when: stage, recipient: try fields.text("recipient"), ordinal: ordinal, probability: probability,
            action: action)
    }

    private static func action(_ fields: RuleFields) throws(Fault) -> FaultAction {
        var actions: [FaultAction] = []
        if let reply = try fields.object("reply") {
            guard let code = try reply.number("code"), (200..<600).contains(code), let text = try reply.text("text")
            else { throw Fault(description: "reply needs a code from 200 to 599 and a text.") }
            actions.append(.reply(Int(code), enhanced: try reply.text("enhanced"), text: text))
            try reply.finish()
        }
        if let text = try fields.text("raw") { actions.append(.raw(text)) }
        if let seconds = try fields.number("delay") { actions.append(.delay(.seconds(seconds))) }
        if let seconds = try fields.number("trickle") { actions.append(.trickle(.seconds(seconds))) }
        if let bytes = try fields.number("overlong") { actions.append(.overlong(Int(bytes))) }
        switch try fields.text("do") {
        case nil: break
        case "closeBeforeReply": actions.append(.closeBeforeReply)
        case "closeAfterReply": actions.append(.closeAfterReply)
        case "acceptThenClose": actions.append(.acceptThenClose)
        case "shutDown": actions.append(.shutDown)
        case "silence": actions.append(.silence)
        case let other?:
            throw Fault(
                description:
                    "do cannot be \(other). It is closeBeforeReply, closeAfterReply, acceptThenClose, shutDown "
                    + "or silence.")
        }
        guard let action = actions.first, actions.count == 1 else {
            throw Fault(description: "There must be one of reply, raw, delay, trickle, overlong and do.")
        }
        return action
    }
}

/// The fields of one JSON object, each of which must be known.
private struct RuleFields {
    private let fields: [String: Any]

    init(_ fields: [String: Any]) {
        self.fields = fields
    }

    private static let known: Set<String> = [
        "when", "recipient", "only", "every", "first", "probability", "reply", "raw", "delay", "trickle", "overlong",
        "do", "code", "enhanced", "text",
    ]

    /// Says which field is not known, if one is.
    func finish() throws(FaultScript.Fault) {
        if let stranger = fields.keys.sorted().first(where: { !Self.known.contains($0) }) {
            throw FaultScript.Fault(description: "\(stranger) is not known.")
        }
    }

    func text(_ name: String) throws(FaultScript.Fault) -> String? {
        guard let value = fields[name] else { return nil }
        guard let text = value as? String else { throw FaultScript.Fault(description: "\(name) is a text.") }
        return text
    }

    /// At most a million: seconds, bytes, counts.
    func number(_ name: String) throws(FaultScript.Fault) -> Double? {
        guard let value = fields[name] else { return nil }
        guard let number = (value as? NSNumber)?.doubleValue, (0...1_000_000).contains(number) else {
            throw FaultScript.Fault(description: "\(name) is a number from 0 to 1000000.")
        }
        return number
    }

    func counts(_ name: String) throws(FaultScript.Fault) -> Set<Int>? {
        guard let value = fields[name] else { return nil }
        guard let counts = value as? [Int] else {
            throw FaultScript.Fault(description: "\(name) is a list of whole numbers.")
        }
        return Set(counts)
    }

    func object(_ name: String) throws(FaultScript.Fault) -> RuleFields? {
        guard let value = fields[name] else { return nil }
        guard let object = value as? [String: Any] else {
            throw FaultScript.Fault(description: "\(name) is an object.")
        }
        return RuleFields(object)
    }
}
