internal import Foundation
internal import Journal

/// A document of ours that cannot be read.
package struct DocumentFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// The fault and the remedy, continuing the path.
    package let why: String
    /// Whether a newer program wrote it, so that it is not damaged.
    package let isNewer: Bool

    package init(path: String, why: String, isNewer: Bool = false) {
        (self.path, self.why, self.isNewer) = (path, why, isNewer)
    }

    package var description: String { "\(path) \(why)" }
}

/// One value in a JSON file: pretty-printed, its keys sorted, so that people and `diff` can read it. Versioned
/// documents have `formatVersion`, and an unknown version is refused.
struct StoredDocument<Value: Codable>: Sendable {
    let path: String
    let version: Int?
    private let file: JSONDocument
    private let disk: any Disk

    /// A document has 30 items of a few kilobytes; far larger ones are not ours.
    private var most: Int { 8 << 20 }

    init(_ path: String, permissions: UInt32, version: Int? = nil, disk: any Disk) {
        (self.path, self.version, self.disk) = (path, version, disk)
        file = JSONDocument(path, permissions: permissions, disk: disk)
    }

    /// Nil if there is none. Throws ``DocumentFault`` if it is damaged or of an unknown version.
    func read() throws -> Value? {
        guard let status = try disk.status(at: path) else { return nil }
        guard status.size <= most else { throw DocumentFault(path: path, why: "is larger than \(most) bytes") }
        guard let content = try file.read() else { return nil }
        do {
            return try JSONDecoder().decode(Versioned<Value>.self, from: Data(content), configuration: version).value
        } catch let fault as VersionFault {
            throw DocumentFault(path: path, why: fault.description, isNewer: (fault.found ?? 0) > fault.known)
        } catch let error as DecodingError {
            throw DocumentFault(
                path: path, why: "is damaged: \(error.inWords); correct it, or restore it from a backup")
        }
    }

    /// Durable on return, unless `durably` is false.
    func write(_ value: Value, durably: Bool = true) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let content = try encoder.encode(Versioned(value: value), configuration: version)
        try file.write(Array(content) + [UInt8(ascii: "\n")], durably: durably)
    }

    /// Durable on return; does nothing if there is none.
    func remove() throws { try file.remove() }
}

private struct VersionFault: Error, CustomStringConvertible {
    let found: Int?
    let known: Int

    var description: String {
        guard let found else { return "is damaged: it does not say its version; restore it from a backup" }
        return "is written in version \(found), and this program knows version \(known): use the newer program"
    }
}

/// A value with `formatVersion` beside its own keys.
private struct Versioned<Value: Codable>: DecodableWithConfiguration, EncodableWithConfiguration {
    let value: Value

    private enum Key: String, CodingKey {
        case formatVersion
    }

    init(value: Value) { self.value = value }

    init(from decoder: any Decoder, configuration known: Int?) throws {
        if let known {
            let found = try decoder.container(keyedBy: Key.self).decodeIfPresent(Int.self, forKey: .formatVersion)
            guard found == known else { throw VersionFault(found: found, known: known) }
        }
        value = try Value(from: decoder)
    }

    func encode(to encoder: any Encoder, configuration known: Int?) throws {
        if let known {
            var box = encoder.container(keyedBy: Key.self)
            try box.encode(known, forKey: .formatVersion)
        }
        try value.encode(to: encoder)
    }
}

extension DecodingError {
    /// The fault and its place, for a person with the file before them.
    var inWords: String {
        switch self {
        case .dataCorrupted(let context): Self.words(context, context.codingPath)
        case .keyNotFound(let key, let context): "there is no \(Self.name(context.codingPath + [key]))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(Self.name(context.codingPath)) is not of the right type"
        @unknown default: "it cannot be read"
        }
    }

    private static func words(_ context: Context, _ path: [any CodingKey]) -> String {
        path.isEmpty ? "it is not JSON" : "\(name(path)): \(context.debugDescription)"
    }

    private static func name(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "the whole" }
        return path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            .replacing(".[", with: "[")
    }
}
