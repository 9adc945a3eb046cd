/// The daemon's command line: `fortnightd [--config FILE]`.
struct Arguments {
    /// Wrong usage, or a request for help: what to write, and the status to end with.
    struct Fault: Error, CustomStringConvertible {
        let description: String
        let status: Int32
    }

    var config: String?

    static let usage = """
        Usage: fortnightd [--config FILE]

        Closes, composes and sends the issues of one bulletin. The configuration is FILE, else $FORTNIGHT_CONFIG, else \
        ./fortnight.yaml, else /etc/fortnight/fortnight.yaml. Logs go to standard error; LOG_LEVEL=debug says more.
        """

    init(_ arguments: some Sequence<String>) throws(Fault) {
        var rest = Array(arguments)[...]
        while let word = rest.popFirst() {
            switch word {
            case "--config":
                guard let value = rest.popFirst() else { throw Fault(description: Self.usage, status: 64) }
                config = value
            case _ where word.hasPrefix("--config="): config = String(word.dropFirst("--config=".count))
            case "--help", "-h": throw Fault(description: Self.usage, status: 0)
            default: throw Fault(description: "fortnightd takes no \(word).\n\n\(Self.usage)", status: 64)
            }
        }
    }
}
