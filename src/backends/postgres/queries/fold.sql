SELECT millrace.fold_counts()
