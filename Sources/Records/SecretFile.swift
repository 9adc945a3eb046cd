internal import Journal
import Tokens

/// `secret`: 32 random bytes, the root of every key. Made once, and never again while there are subscribers.
struct SecretFile {
    let path: String
    let subscriberListPath: String
    let disk: any Disk

    private static let permissions: UInt32 = 0o600

    func bytes(owner: FileOwner?) throws -> [UInt8] {
        if let secret = try read() { return secret }
        // Two programs that need the first secret at once get the same one.
        return try FileLock(beside: path, permissions: Self.permissions, disk: disk).whileHeld {
            if let secret = try read() { return secret }
            try checkNotLost()
            var generator = SystemRandomNumberGenerator()
            let secret = (0..<TokenKeys.secretLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            try JSONDocument(path, permissions: Self.permissions, disk: disk).write(secret)
            owner?.take(path)
            owner?.take(path + ".lock")
            return secret
        }
    }

    /// Throws if there are subscribers but no secret.
    func checkNotLost() throws {
        if try disk.status(at: path) == nil, try hasSubscribers() { throw StateFolderFault.secretLost(path) }
    }

    private func read() throws -> [UInt8]? {
        guard let secret = try disk.content(of: path) else { return nil }
        guard secret.count == TokenKeys.secretLength else {
            throw StateFolderFault.secretDamaged(path, size: secret.count)
        }
        return secret
    }

    /// Whether the subscriber list has any line after its header.
    private func hasSubscribers() throws -> Bool {
        guard let size = try disk.status(at: subscriberListPath)?.size, size > 0 else { return false }
        let file = try disk.open(subscriberListPath, .reading, permissions: 0)
        let start = try disk.bytes(of: file, at: 0, count: min(size, 4096))
        guard let feed = start.firstIndex(of: UInt8(ascii: "\n")) else { return size > start.count }
        return size > feed + 1
    }
}
