# Sets whose keys are fields without a size of their own type: what typeof says of each.
ip netns add a
ip netns exec a nft -f - <<'R'
table netdev t { 
  set s { typeof meta length . @th,96,128; flags dynamic; counter; size 100; elements = { 96 . 0xff020000000000000000000000000002 } }
  set s1 { typeof @th,96,128; elements = { 0xff020000000000000000000000000002 } }
  set s2 { typeof @nh,8,8 . @th,0,16 . ip saddr; elements = { 1 . 2 . 10.0.0.1 } }
  set s3 { typeof ip saddr . @th,0,16; flags interval; elements = { 10.0.0.0/8 . 5-9 } }
  map m { typeof ip saddr . @th,0,16 : @nh,0,32; elements = { 10.0.0.1 . 5 : 7 } }
  set s4 { typeof ip length . meta length ; elements = { 1 . 2  } }
  set s5 { typeof meta mark . meta length . ip id ; elements = { 1 . 2 . 3 } }
}
R
ip netns exec a nft list ruleset
