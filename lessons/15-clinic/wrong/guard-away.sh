#: task replies
ip netns exec router nft delete table ip guard
